using ActorLoad.Connections;
using ActorLoad.Metrics;

namespace ActorLoad.Actors.Tests.Connections;

internal static class ReplyScannerExtensions
{
    /// <summary>Reads for a run without secrets.</summary>
    public static ReplyState Read(this ref ReplyScanner scanner, ReadOnlySpan<byte> bytes) => scanner.Read(bytes, ServerWords.WithoutSecrets);
}
