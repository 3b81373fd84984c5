using System.Buffers.Text;
using System.Text;

namespace ActorLoad.Connections;

/// <summary>A part of an argument that each connection fills in.</summary>
internal abstract class Placeholder
{
    /// <summary>Most bytes of it.</summary>
    public abstract int MaxLength { get; }

    /// <summary>Writes it, and returns its length in bytes: the same for the same sender.</summary>
    public abstract int Write(in Sender sender, Span<byte> destination);
}

/// <summary>A number of the connection.</summary>
/// <param name="read">Reads it.</param>
/// <param name="maxLength">Most digits of it.</param>
internal sealed class NumberPlaceholder(NumberPlaceholder.Reader read, int maxLength) : Placeholder
{
    /// <summary>Digits of the longest number.</summary>
    public const int MostDigits = 19;

    public delegate long Reader(in Sender sender);

    public override int MaxLength => maxLength;

    public override int Write(in Sender sender, Span<byte> destination) => Write(read(sender), destination);

    public static int Write(long number, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(number, destination, out var written);
        return written;
    }
}

/// <summary>A random number from <paramref name="low"/> to <paramref name="high"/>.</summary>
/// <param name="low">The lowest, 0 or more.</param>
/// <param name="high">The highest.</param>
/// <param name="place">Number of the placeholder in its command, so that two of them differ.</param>
internal class RandomPlaceholder(long low, long high, int place) : Placeholder
{
    public override int MaxLength => NumberPlaceholder.MostDigits;

    public sealed override int Write(in Sender sender, Span<byte> destination) => NumberPlaceholder.Write(Number(sender), destination);

    /// <summary>The number.</summary>
    protected virtual long Number(in Sender sender)
    {
        var span = (UInt128)((ulong)(high - low) + 1);
        return low + (long)((sender.Random(place) * span) >> 64);
    }
}

/// <summary>A part of an argument: bytes, or a placeholder.</summary>
internal readonly record struct ScriptPart(byte[] Bytes, Placeholder? Placeholder = null)
{
    /// <summary>The bytes as a text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);
}
