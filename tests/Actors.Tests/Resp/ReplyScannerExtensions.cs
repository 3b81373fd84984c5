using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Actors.Tests.Resp;

internal static class ReplyScannerExtensions
{
    /// <summary>Reads one value for a run without secrets; invalid, if more than that came.</summary>
    public static ReplyState Read(this ref ReplyScanner scanner, ReadOnlySpan<byte> bytes) => scanner.Read(bytes, ServerWords.WithoutSecrets);

    /// <summary>Reads one value; invalid, if more than that came.</summary>
    public static ReplyState Read(this ref ReplyScanner scanner, ReadOnlySpan<byte> bytes, ServerWords words)
    {
        if (bytes.Length == 0)
        {
            return ReplyState.Incomplete;
        }

        var state = scanner.Read(bytes, words, out var used);
        return used < bytes.Length ? ReplyState.Invalid : state;
    }
}
