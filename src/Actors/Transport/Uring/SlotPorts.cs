using System.Globalization;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// The local port that belongs to each slot: one from the ephemeral range, so that no search for a free one is needed. The kernel's own
/// search scans half the range for each connect once half of it is open. A port that turns out to be taken, by whomever, is set aside.
/// </summary>
internal sealed class SlotPorts
{
    /// <summary>Not bound: the kernel chooses.</summary>
    public const int KernelsChoice = 0;

    private const string RangeFile = "/proc/sys/net/ipv4/ip_local_port_range";
    private const string ReservedFile = "/proc/sys/net/ipv4/ip_local_reserved_ports";

    private readonly List<int> _ports;
    private readonly HashSet<int> _setAside = [];

    /// <summary>Every <paramref name="loops"/>-th usable port, from the <paramref name="loop"/>-th on: loops never share one.</summary>
    public SlotPorts(int first, int last, IReadOnlySet<int> reserved, int loop, int loops) => _ports =
        [.. Enumerable.Range(first, Math.Max(0, last - first + 1)).Where(port => !reserved.Contains(port)).Where((_, index) => index % loops == loop)];

    /// <summary>The ports of this machine's range for one loop of several; none where it cannot be read.</summary>
    public static SlotPorts Read(int loop, int loops)
    {
        try
        {
            var range = File.ReadAllText(RangeFile).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return new SlotPorts(Number(range[0]), Number(range[1]), ParseReserved(File.ReadAllText(ReservedFile)), loop, loops);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            // Without the range a port of our own could be anybody's: leave it to the kernel.
            return new SlotPorts(1, 0, new HashSet<int>(), 0, 1);
        }
    }

    /// <summary>The port of a slot, or <see cref="KernelsChoice"/> if it has none.</summary>
    public int Of(int slot) => slot < _ports.Count && !_setAside.Contains(_ports[slot]) ? _ports[slot] : KernelsChoice;

    /// <summary>Somebody else holds that port.</summary>
    public void SetAside(int port) => _setAside.Add(port);

    /// <summary>The set of a list such as <c>8080,9148-9150</c>.</summary>
    internal static IReadOnlySet<int> ParseReserved(string text)
    {
        var ports = new HashSet<int>();
        foreach (var part in text.Split([',', '\n', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            var last = Number(ends[^1]);
            for (var port = Number(ends[0]); port <= last; port++)
            {
                ports.Add(port);
            }
        }

        return ports;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
