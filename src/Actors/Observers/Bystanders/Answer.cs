using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Observers.Bystanders;

/// <summary>What a server said to AUTH or PING.</summary>
internal enum Answer
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary><c>+PONG</c>.</summary>
    Pong,

    /// <summary><c>+OK</c>.</summary>
    Ok,

    /// <summary>An error: see <see cref="ReplyScanner.ErrorPrefix"/>.</summary>
    Error,

    /// <summary>No Redis server says this to AUTH or PING.</summary>
    Garbage,
}

/// <summary>Reads an <see cref="Answer"/>.</summary>
internal static class Answers
{
    /// <summary>Takes the next answer, as far as it has come. Only single lines are answers: nothing else is waited for.</summary>
    /// <param name="scanner">Of the connection.</param>
    /// <param name="bytes">At least one.</param>
    /// <param name="words">How an error's words are kept.</param>
    /// <param name="used">Bytes of the answer.</param>
    public static Answer Next(ref ReplyScanner scanner, ReadOnlySpan<byte> bytes, ServerWords words, out int used) =>
        scanner.Read(bytes, words, out used) switch
        {
            ReplyState.Error when scanner.Kind == '-' => Answer.Error,
            ReplyState.Complete when scanner.Word == ReplyWord.Pong => Answer.Pong,
            ReplyState.Complete when scanner.Word == ReplyWord.Ok => Answer.Ok,
            ReplyState.Incomplete when scanner.Begun is (byte)'+' or (byte)'-' => Answer.Incomplete,
            _ => Answer.Garbage,
        };
}
