using System.Globalization;

namespace ActorLoad.Transport;

/// <summary>
/// How many descriptors connections may use. A few are kept back: without any, the runtime cannot open the next file it needs and ends the
/// process, and the run with it.
/// </summary>
internal static class DescriptorLimit
{
    private const int Reserve = 32;
    private const string LimitsFile = "/proc/self/limits";
    private const string Row = "Max open files";

    /// <summary>The first descriptor number that a connection may not have; the kernel gives the lowest free ones.</summary>
    public static int FirstReserved { get; } = Read();

    private static int Read()
    {
        try
        {
            var row = File.ReadLines(LimitsFile).First(line => line.StartsWith(Row, StringComparison.Ordinal));
            var soft = row[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            return int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? Math.Max(0, limit - Reserve) : int.MaxValue;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return int.MaxValue; // not Linux: nothing is kept back
        }
    }
}
