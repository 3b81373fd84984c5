using ActorLoad.Actors.Tests.Doctor;
using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis.Tuning;

/// <summary>The same trouble, foreseen by doctor and found by a diagnosis: both propose the same in the same words.</summary>
public sealed class SameRemedySpecs
{
    private const string Endpoint = "127.0.0.1:6379";

    private static Evidence Never(Evidence evidence) => evidence.With((ClientLedger client) => client with { Succeeded = 0, Established = 0 });

    private static readonly RunNeeds _needs = Storms.Needs;
    private static readonly ServerReadings _redis = Storms.Redis;

    // As Storms has it: bursts of 8,000 on a redis-server of this machine.
    private static readonly Evidence _run = Healthy.Evidence
        .With(load => load with { LargestBurst = 8_000, PeakOpen = 8_000, Observers = 1, IsLoopback = true, Endpoints = [Endpoint] })
        .With((KernelLedger kernel) => kernel with { Settings = Storms.Machine.Settings, Target = kernel.Target! with { AcceptQueueLimit = 8_000 } })
        .With((ServerLedger server) => server with
        {
            MaxClients = 9_000,
            TcpBacklog = 8_000,
            OpenFilesLimit = 10_000,
            OpenFilesHard = 10_000,
            ProcessId = 77,
            ConnectedClients = new WatchedLevel(0, 8_000, 0),
        });

    private static readonly Dictionary<string, (string Rule, Evidence Run, IEnumerable<Check?> Checks)> _situations = new()
    {
        ["no place for a client"] = (
            "maxclients",
            _run.Rejecting("ERR max number of clients reached", 500).With((ServerLedger server) => server with { MaxClients = 100, OpenFilesHard = 20_000 }),
            [ServerChecks.MaxClients(_needs, _redis with { Reading = Storms.Reading("redis", 100, 1), Descriptors = (10_000, 20_000) })]),
        ["no descriptor of the server"] = (
            "server-descriptors",
            _run.Rejecting("ERR max number of clients reached", 500)
                .With((ServerLedger server) => server with { MaxClients = 168, OpenFilesLimit = 200, OpenFilesHard = 20_000 }),
            OfServer(_redis with { Reading = Storms.Reading("redis", 168, 1), Descriptors = (200, 20_000) })),
        ["ports in TIME_WAIT"] = (
            "time-wait",
            _run.With(load => load with { Close = "graceful", Ports = "kernel" }).Failing("local-exhausted", 100).Setting(TuningKeys.TimeWaitReuse, "0")
                .With((KernelLedger kernel) => kernel with
                {
                    Target = kernel.Target! with { Client = new Dictionary<string, WatchedLevel> { ["TIME-WAIT"] = new(0, 28_000, 28_000) } },
                }),
            [ClientChecks.TimeWait(
                _needs with { IsGraceful = true, KernelPorts = true, StartedInMinute = 40_000 }, Storms.Machine.With((TuningKeys.TimeWaitReuse, "0")))]),
        ["a short backlog"] = Overflow("511", 511, 8_000),
        ["a short backlog and a kernel that cuts"] = Overflow("511", 511, 4_096),
        ["a kernel that cuts"] = Overflow("8000", 4_096, 4_096),
        ["a listener that is older than the tuning"] = Overflow("8000", 128, 8_000),
        ["the fixed queue of Garnet"] = (
            "accept-queue-overflow",
            Overflowing(4_096, 512).With((ServerLedger server) => server with { Kind = "garnet", TcpBacklog = null }).With(load => load with { LargestBursts = "load.2" }),
            [ServerChecks.Queue(
                _needs with { LargestBursts = "load.2" },
                _redis with { Reading = Storms.Reading("garnet", null, 1), Configuration = Storms.Configured(null), QueueLimit = 512 }, 4_096)]),
        ["half-open handshakes without cookies"] = (
            "syn-queue-overflow",
            _run.Counting("TCPReqQFullDrop", 100).Slow(1, 100).Setting(TuningKeys.SynCookies, "0"),
            [Storms.Full(_needs, Storms.Machine.With((TuningKeys.SynCookies, "0")), _redis).Named(TuningKeys.SynBacklog)]),
        ["no descriptor of our own"] = (
            "client-descriptors",
            _run.Setting(TuningKeys.Descriptors, "8100").Failing("local-exhausted", 50),
            [ClientChecks.Descriptors(_needs, Storms.Machine.With((TuningKeys.Descriptors, "8100")))]),
        ["no port"] = (
            "port-exhaustion",
            _run.Setting(TuningKeys.PortRange, "20000 20099").Setting(TuningKeys.ReservedPorts, "20010-20019").Failing("local-exhausted", 7_910),
            [.. ClientChecks.Ports(_needs, Storms.Machine.With((TuningKeys.PortRange, "20000 20099"), (TuningKeys.ReservedPorts, "20010-20019")))]),
        ["no port and no more to be had"] = (
            "port-exhaustion",
            _run.Setting(TuningKeys.PortRange, "1024 65535").With(load => load with { LargestBurst = 70_000, PeakOpen = 64_512, MaxOpen = 90_000 })
                .Setting(TuningKeys.Descriptors, "1000000").Failing("local-exhausted", 5_488),
            [.. ClientChecks.Ports(_needs.Opening(70_000) with { MaxOpen = 90_000 }, Storms.Machine.With((TuningKeys.PortRange, "1024 65535")))]),
        ["half of the range"] = (
            "half-range-cliff",
            _run.With(load => load with { Ports = "kernel", LargestBurst = 15_000, PeakOpen = 15_000 }),
            [.. ClientChecks.Ports(_needs.Opening(15_000) with { KernelPorts = true }, Storms.Machine)]),
        ["a full table of the firewall"] = (
            "conntrack-full",
            _run.Setting(TuningKeys.Conntrack, "1000").Counting("ConntrackDrop", 300).Slow(1, 500),
            [ClientChecks.Conntrack(_needs, Storms.Machine.With((TuningKeys.Conntrack, "1000")))]),
        ["a fork that fails"] = (
            "memory-overcommit",
            _run.Rejecting("MISCONF", 10).With((ServerLedger server) => server with { OvercommitMemory = "0" }),
            [Storms.Full(_needs, Storms.Machine.With((TuningKeys.Overcommit, "0")), _redis).Named(TuningKeys.Overcommit)]),
        ["nobody there"] = ("server-unreachable", Never(_run.Failing("refused", 8_000)), [Down(ServerObstacle.NobodyListens)]),
        ["no way there"] = ("server-unreachable", Never(_run.Failing("unreachable", 8_000)), [Down(ServerObstacle.NoRoute)]),
        ["no password"] = ("access-denied", _run.Rejecting("NOAUTH", 8_000), [Down(ServerObstacle.Password)]),
        ["protected mode"] = ("access-denied", _run.Rejecting("DENIED", 8_000), [Down(ServerObstacle.ProtectedMode)]),
    };

    public static TheoryData<string> Situations => [.. _situations.Keys];

    [Theory]
    [MemberData(nameof(Situations))]
    public void Doctor_and_diagnosis_propose_the_same_remedies(string situation)
    {
        var (rule, run, checks) = _situations[situation];

        var found = Diagnostician.Of(run).Single(finding => finding.Rule == rule).Remedies;

        Assert.NotEmpty(found);
        Assert.Equal(checks.SelectMany(check => check!.Remedies).OrderBy(remedy => remedy.Key), found.OrderBy(remedy => remedy.Key));
    }

    private static (string, Evidence, IEnumerable<Check?>) Overflow(string backlog, long listener, long soMaxConn)
    {
        var machine = Storms.Machine.With((TuningKeys.SoMaxConn, $"{soMaxConn}"));
        var server = _redis with { Configuration = Storms.Configured(backlog), QueueLimit = listener };
        return (
            "accept-queue-overflow",
            Overflowing(soMaxConn, listener).With((ServerLedger ledger) => ledger with { TcpBacklog = long.Parse(backlog, null) }),
            [ServerChecks.Queue(_needs, server, soMaxConn), Storms.Full(_needs, machine, server).Named(TuningKeys.SoMaxConn)]);
    }

    private static Evidence Overflowing(long soMaxConn, long listener) => _run.Counting("ListenOverflows", 484).Slow(1, 470)
        .Setting(TuningKeys.SoMaxConn, $"{soMaxConn}")
        .With((KernelLedger kernel) => kernel with { Target = kernel.Target! with { AcceptQueueLimit = listener } });

    private static IEnumerable<Check?> OfServer(ServerReadings server) => [ServerChecks.Descriptors(_needs, server), ServerChecks.MaxClients(_needs, server)];

    private static Check Down(ServerObstacle obstacle) =>
        TargetCheck.Of(_needs, new ServerReadings(Endpoint, true) { Problem = "is not there", IsDown = true, Obstacle = obstacle });
}
