using System.Buffers;

namespace ActorLoad.Connections;

/// <summary>The commands of one connection's exchange. Recognises them if the server sends them back.</summary>
/// <param name="Script">The script.</param>
/// <param name="Step">Number of the exchange.</param>
/// <param name="Burst">Number of the burst.</param>
/// <param name="Client">Number of the connection in the burst.</param>
internal readonly record struct SentStep(Script Script, int Step, int Burst, int Client)
{
    /// <summary>What was sent before the first step; null if nothing was.</summary>
    public Script? Before { get; init; }

    private const byte NoLine = (byte)'\r';

    /// <summary>The expected replies.</summary>
    public ref readonly Expected Expected => ref Script.Expected(Step);

    /// <summary>Bytes of the command that have come back: <paramref name="from"/> before, and these. 0 if these are not the command's.
    /// A server that greets first is one exchange late.</summary>
    public int EchoedUpTo(ReadOnlySpan<byte> bytes, int from, out bool isWhole)
    {
        var echoed = EchoedUpTo(Script, Step, bytes, from, out isWhole);
        return echoed > 0 || from > 0 ? echoed
            : Step > 0 ? EchoedUpTo(Script, Step - 1, bytes, 0, out isWhole)
            : Before is { Count: > 0 } before ? EchoedUpTo(before, before.Count - 1, bytes, 0, out isWhole) : 0;
    }

    /// <summary>True if a reply is only the name of the command: the server sends lines or words back.</summary>
    public bool IsNamed(ReadOnlySpan<byte> reply) => Script.OnlyWord(Step) is { Length: > 0 } name && reply.Length <= name.Length + 8
        && reply.Length >= name.Length + 3 && reply[0] is (byte)'+' or (byte)'$'
        && reply.Slice(reply.Length - 2 - name.Length, name.Length).SequenceEqual(name);

    /// <summary>True if bytes that are not RESP are the command: with other line ends, or as one line.</summary>
    public bool Resembles(ReadOnlySpan<byte> strange)
    {
        var size = Script.MaxLength(Step);
        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var sent = WithoutReturns(rented.AsSpan(0, Script.Write(Step, Burst, Client, rented)));
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
        var name = Script.FirstWord(Step);
        return got.Length < name.Length ? got.Length >= 2 && name.StartsWith(got)
            : name.Length >= 3 && got.StartsWith(name) && (got.Length == name.Length || got[name.Length] is (byte)' ' or (byte)'\n');
    }

    private int EchoedUpTo(Script script, int step, ReadOnlySpan<byte> bytes, int from, out bool isWhole)
    {
        var size = script.MaxLength(step);
        var rented = ArrayPool<byte>.Shared.Rent(size);
        var sent = rented.AsSpan(0, script.WriteFirst(step, Burst, Client, rented));
        var rest = sent[from..];
        var length = Math.Min(rest.Length, bytes.Length);
        var isEcho = bytes[..length].SequenceEqual(rest[..length]);
        isWhole = isEcho && length == rest.Length;
        ArrayPool<byte>.Shared.Return(rented);
        return isEcho ? from + length : 0;
    }

    private static byte[] WithoutReturns(ReadOnlySpan<byte> bytes) => [.. bytes.ToArray().Where(each => each != NoLine)];
}
