using System.Globalization;

namespace ActorLoad.Transport;

/// <summary>
/// How many descriptors connections may use. A few are kept back: without a descriptor for the next file that it needs, the runtime ends
/// the process.
/// </summary>
internal static class DescriptorLimit
{
    private const int Reserve = 32;
    private const string LimitsFile = "/proc/self/limits";
    private const string Name = "Max open files";

    /// <summary>The first descriptor number that a connection may not have; the kernel gives the lowest free ones.</summary>
    public static int FirstReserved { get; } = Read();

    /// <summary>Soft and hard limit (numbers, or <c>unlimited</c>) in the lines of a process's <c>limits</c>; null if not there.</summary>
    internal static (string Soft, string Hard)? Find(IEnumerable<string> lines)
    {
        var row = lines.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        return row?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, var hard, ..] ? (soft, hard) : null;
    }

    private static int Read()
    {
        try
        {
            return int.TryParse(Find(File.ReadLines(LimitsFile))?.Soft, CultureInfo.InvariantCulture, out var limit)
                ? Math.Max(0, limit - Reserve) : int.MaxValue;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return int.MaxValue; // not Linux: nothing is kept back
        }
    }
}
