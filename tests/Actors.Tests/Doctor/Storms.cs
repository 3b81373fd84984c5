using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Observers.Server;
using ActorLoad.Transport;

namespace ActorLoad.Actors.Tests.Doctor;

/// <summary>A run that finds all that it needs, on a machine where nothing is missing; specs bend one thing of it.</summary>
internal static class Storms
{
    public static RunNeeds Needs { get; } = new RunNeeds
    {
        Due = 8_000,
        MaxOpen = 19_000,
        Open = 8_000,
        Shares = [new("127.0.0.1:6379", 8_000)],
        BurstForEach = 8_000,
        Targets = 1,
        StartedInMinute = 16_000,
        Tracked = 8_000,
        Observers = 1,
        IsGraceful = false,
        KernelPorts = false,
        IsLoopback = true,
        IsEmbedded = false,
    };

    public static MachineReadings Machine { get; } = new(
        new Dictionary<string, string>
        {
            ["nofile"] = "20000",
            ["nofile-hard"] = "20000",
            [TuningKeys.PortRange] = "32768 60999",
            ["net.ipv4.ip_local_reserved_ports"] = "",
            [TuningKeys.TimeWaitReuse] = "2",
            [TuningKeys.Conntrack] = "100000",
            ["net.netfilter.nf_conntrack_count"] = "10",
            [TuningKeys.Swappiness] = "1",
            [TuningKeys.SoMaxConn] = "8000",
            [TuningKeys.SynBacklog] = "100",
            [TuningKeys.SynCookies] = "1",
            [TuningKeys.Overcommit] = "1",
            ["transparent_hugepage"] = "madvise",
        },
        2_000_000_000, 1_000_000, [])
    {
        Sources = new Dictionary<string, string> { ["127.0.0.1:6379"] = "127.0.0.1", ["[2001:db8::7]:6379"] = "2001:db8::1" },
    };

    public static RunNeeds Opening(this RunNeeds needs, long connections) => needs with { Shares = [new("127.0.0.1:6379", connections)] };

    public static TransportChoice Ring { get; } = new("io-uring", 1, "auto: this kernel has all that the ring needs");

    public static ServerReadings Redis { get; } = new("127.0.0.1:6379", IsHere: true)
    {
        Reading = Reading("redis", 9_000, 1),
        Configuration = Configured("8000", save: "3600 1"),
        QueueLimit = 8_000,
        ProcessId = 77,
        Descriptors = (10_000, 10_000),
    };

    public static ServerReading Reading(string kind, long? maxClients, long? connected) => new ServerReading
    {
        Kind = new ServerKind(kind, "7.0.15", 0, []),
        RunId = null,
        ProcessId = 77,
        UptimeSeconds = 1,
        Clock = null,
        Received = null,
        Rejected = null,
        Commands = null,
        Errors = null,
        Evicted = null,
        Connected = connected,
        Memory = null,
        MaxClients = maxClients,
        MainThreadCpu = null,
        TotalSystemMemory = null,
        Executable = null,
    };

    public static ServerConfiguration Configured(string? backlog, string save = "", string append = "no", string disableThp = "no") => new(
        new[] { ("tcp-backlog", backlog), ("save", save), ("appendonly", append), ("disable-thp", disableThp) }
            .Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.Item1, pair => pair.Item2!), null);

    public static MachineReadings With(this MachineReadings machine, params (string Key, string? Value)[] settings)
    {
        var changed = machine.Settings.ToDictionary();
        foreach (var (key, value) in settings)
        {
            if (value is null)
            {
                changed.Remove(key);
            }
            else
            {
                changed[key] = value;
            }
        }

        return machine with { Settings = changed };
    }

    public static IReadOnlyList<Check> Full(RunNeeds needs, MachineReadings machine, params ServerReadings[] servers) =>
        Checkup.Full(needs, machine, TransportKind.Auto, Ring, null, servers);

    /// <summary>The only check of that name, of a subject if there are several.</summary>
    public static Check Named(this IEnumerable<Check> checks, string name, string? subject = null) =>
        checks.Single(check => check.Name == name && (subject is null || check.Subject == subject));
}
