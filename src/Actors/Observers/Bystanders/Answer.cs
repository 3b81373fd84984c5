using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Observers.Bystanders;

/// <summary>A server's answer to AUTH or PING.</summary>
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

    /// <summary>A Redis server never answers AUTH or PING with this.</summary>
    Garbage,
}

/// <summary>Reads an <see cref="Answer"/>.</summary>
internal static class Answers
{
    /// <summary>Takes the next answer, if it is whole. Only single lines are answers: longer values are not awaited.</summary>
    /// <param name="scanner">The connection's scanner.</param>
    /// <param name="bytes">At least one.</param>
    /// <param name="words">Hides secrets in an error.</param>
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
