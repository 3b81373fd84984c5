using System.Globalization;

namespace ActorLoad.Peers.Kernel;

/// <summary>The TCP and IP counters of a network, under the names that <c>nstat</c> prints: <c>TcpExtTCPAbortOnData</c>, <c>TcpOutRsts</c>.</summary>
public sealed class KernelCounters
{
    private const string Netstat = "/proc/net/netstat";
    private const string Snmp = "/proc/net/snmp";

    private readonly Dictionary<string, long> _values;

    private KernelCounters(Dictionary<string, long> values) => _values = values;

    /// <summary>One counter; throws <see cref="KeyNotFoundException"/> if this kernel has none of that name.</summary>
    public long this[string name] => _values.TryGetValue(name, out var value)
        ? value : throw new KeyNotFoundException($"this kernel counts no {name}");

    /// <summary>The counters of the network that this process is in.</summary>
    public static KernelCounters Read() => new(Parse([.. File.ReadLines(Netstat), .. File.ReadLines(Snmp)]));

    /// <summary>The counters of another network.</summary>
    public static async Task<KernelCounters> ReadAsync(NetworkNamespace network) =>
        new(Parse((await network.ExecAsync("cat", Netstat, Snmp)).Expect().Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>What each counter grew by since <paramref name="earlier"/>.</summary>
    public KernelCounters Since(KernelCounters earlier) =>
        new(_values.ToDictionary(pair => pair.Key, pair => pair.Value - earlier._values.GetValueOrDefault(pair.Key)));

    // Pairs of lines, "Tcp: name name" above "Tcp: 1 2".
    private static Dictionary<string, long> Parse(IReadOnlyList<string> lines)
    {
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < lines.Count; i += 2)
        {
            var names = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var numbers = lines[i + 1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (names[0] != numbers[0] || names.Length != numbers.Length)
            {
                throw new FormatException($"not a pair of lines: {lines[i]} / {lines[i + 1]}");
            }

            for (var column = 1; column < names.Length; column++)
            {
                values[names[0].TrimEnd(':') + names[column]] = long.Parse(numbers[column], CultureInfo.InvariantCulture);
            }
        }

        return values;
    }
}
