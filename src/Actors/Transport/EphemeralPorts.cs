using System.Globalization;

namespace ActorLoad.Transport;

/// <summary>The local ports that this machine gives to clients.</summary>
internal static class EphemeralPorts
{
    private const string RangeFile = "/proc/sys/net/ipv4/ip_local_port_range";
    private const string ReservedFile = "/proc/sys/net/ipv4/ip_local_reserved_ports";

    /// <summary>The present range without reserved ports; empty if it cannot be read: other programs may then own any port.</summary>
    public static IEnumerable<int> Read()
    {
        try
        {
            return TryParse(File.ReadAllText(RangeFile), File.ReadAllText(ReservedFile)) ?? [];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The ports of a range such as <c>32768 60999</c> that are not in a list such as <c>8080,9148-9150</c>.</summary>
    internal static IReadOnlyList<int> Parse(string range, string reserved)
    {
        var ends = range.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var (first, last) = (Number(ends[0]), Number(ends[1]));
        var taken = new HashSet<int>();
        foreach (var part in reserved.Split([',', '\n', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            var bounds = part.Split('-');
            taken.UnionWith(Range(Number(bounds[0]), Number(bounds[^1])));
        }

        return [.. Range(first, last).Where(port => !taken.Contains(port))];
    }

    /// <summary>How many ports <see cref="Parse"/> finds; null if a text is not a list of ports, or there are no ports.</summary>
    internal static long? Count(string? range, string? reserved) =>
        range is not null && TryParse(range, reserved ?? "") is { Count: > 0 } ports ? ports.Count : null;

    private static IReadOnlyList<int>? TryParse(string range, string reserved)
    {
        try
        {
            return Parse(range, reserved);
        }
        catch (Exception cause) when (cause is FormatException or OverflowException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static IEnumerable<int> Range(int first, int last) => Enumerable.Range(first, Math.Max(0, last - first + 1));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
