using System.Buffers;

namespace ActorLoad.Connections;

/// <summary>The commands of one connection's exchange. Recognises them if the server sends them back.</summary>
/// <param name="Exchange">The exchange.</param>
/// <param name="Sender">The sender of its first command.</param>
internal readonly record struct SentStep(Exchange Exchange, Sender Sender)
{
    private const byte NoLine = (byte)'\r';

    /// <summary>What was sent before it; null if nothing was.</summary>
    public Exchange? Before { get; init; }

    /// <summary>Bytes of the first command that have come back: <paramref name="from"/> before, and these. 0 if these are not the
    /// command's. A server that greets first is one exchange late.</summary>
    public int EchoedUpTo(ReadOnlySpan<byte> bytes, int from, out bool isWhole)
    {
        var echoed = EchoedUpTo(Exchange, Sender, bytes, from, out isWhole);
        return echoed > 0 || from > 0 || Before is not { } before ? echoed
            : EchoedUpTo(before, Sender with { Command = Sender.Command - before.Commands.Length }, bytes, 0, out isWhole);
    }

    /// <summary>True if bytes that are not RESP are the command: with other line ends, or as one line.</summary>
    public bool Resembles(ReadOnlySpan<byte> strange)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Exchange.MaxLength);
        try
        {
            var sent = WithoutReturns(rented.AsSpan(0, Exchange.Write(Sender, rented)));
            var got = WithoutReturns(strange);
            var length = Math.Min(got.Length, sent.Length);
            return (length >= 4 && got.AsSpan(0, length).SequenceEqual(sent.AsSpan(0, length))) || IsInline(got);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private bool IsInline(ReadOnlySpan<byte> got)
    {
        ReadOnlySpan<byte> name = Exchange.FirstWord;
        return got.Length < name.Length ? got.Length >= 2 && name.StartsWith(got)
            : name.Length >= 3 && got.StartsWith(name) && (got.Length == name.Length || got[name.Length] is (byte)' ' or (byte)'\n');
    }

    private static int EchoedUpTo(Exchange exchange, in Sender sender, ReadOnlySpan<byte> bytes, int from, out bool isWhole)
    {
        var first = exchange.Commands[0];
        var rented = ArrayPool<byte>.Shared.Rent(first.MaxLength);
        var sent = rented.AsSpan(0, first.Write(sender, rented));
        var rest = sent[from..];
        var length = Math.Min(rest.Length, bytes.Length);
        var isEcho = bytes[..length].SequenceEqual(rest[..length]);
        isWhole = isEcho && length == rest.Length;
        ArrayPool<byte>.Shared.Return(rented);
        return isEcho ? from + length : 0;
    }

    private static byte[] WithoutReturns(ReadOnlySpan<byte> bytes) => [.. bytes.ToArray().Where(each => each != NoLine)];
}
