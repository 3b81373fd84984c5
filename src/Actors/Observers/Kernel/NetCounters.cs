using System.Globalization;

namespace ActorLoad.Observers.Kernel;

/// <summary>TCP counters of a network namespace at one moment, by their names in <c>/proc/net/snmp</c> (Tcp) and <c>/proc/net/netstat</c>
/// (TcpExt). What this kernel does not count is absent.</summary>
public sealed class NetCounters
{
    // A counter is as wide as the kernel's `unsigned long`. On a 32-bit machine it starts again here.
    private const long Wrap = 1L << 32;

    private readonly Dictionary<string, long> _values = new(StringComparer.Ordinal);

    /// <summary>Each counter's value.</summary>
    public IReadOnlyDictionary<string, long> Values => _values;

    /// <summary>One counter; null if it is not known.</summary>
    public long? this[string name] => _values.TryGetValue(name, out var value) ? value : null;

    /// <summary>What a counter grew by; null if it went back in a way that no 32-bit wrap explains.</summary>
    public static long? Growth(long earlier, long later) =>
        later >= earlier ? later - earlier
        : earlier < Wrap && earlier - later > Wrap / 2 ? later + Wrap - earlier
        : null;

    /// <summary>The same, with a note of a counter that went back.</summary>
    internal static long? Growth(string name, long earlier, long later, UnseenNotes unseen)
    {
        var growth = Growth(earlier, later);
        if (growth is null)
        {
            unseen.Add(
                $"{name} back",
                $"The kernel's {name} went back from {earlier} to {later}: what it counted between these two readings is not known.");
        }

        return growth;
    }

    /// <summary>Takes the counters of <paramref name="protocol"/> (<c>Tcp</c>, <c>TcpExt</c>) out of pairs of lines such as <c>Tcp:
    /// ActiveOpens OutRsts</c> above <c>Tcp: 12 3</c>; false if there are none. Skips fields that are not numbers.</summary>
    public bool Take(string text, string protocol)
    {
        var before = _values.Count;
        var names = "";
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith(protocol, StringComparison.Ordinal) || line.Length <= protocol.Length || line[protocol.Length] != ':')
            {
                continue;
            }

            if (names.Length == 0)
            {
                names = line;
                continue;
            }

            TakePair(names, line);
            names = "";
        }

        return _values.Count > before;
    }

    /// <summary>Takes a counter that another file shows.</summary>
    internal void Take(string name, long value) => _values[name] = value;

    private void TakePair(string names, string numbers)
    {
        var columns = names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var values = numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var column = 1; column < Math.Min(columns.Length, values.Length); column++)
        {
            if (long.TryParse(values[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            {
                _values[columns[column]] = value;
            }
        }
    }
}
