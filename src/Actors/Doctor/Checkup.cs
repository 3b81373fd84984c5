using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Observers.Server;
using ActorLoad.Transport;

namespace ActorLoad.Doctor;

/// <summary>All checks of a run, in the order of their remedies. Pure.</summary>
public static class Checkup
{
    /// <summary>The checks of <c>doctor</c>.</summary>
    /// <param name="needs">The needs of the run.</param>
    /// <param name="machine">This machine.</param>
    /// <param name="kind">The transport that the run asks for.</param>
    /// <param name="transport">The transport that it would get; null without one.</param>
    /// <param name="transportProblem">Why it would get no transport.</param>
    /// <param name="servers">The servers of the target; empty if it is embedded.</param>
    public static IReadOnlyList<Check> Full(
        RunNeeds needs, MachineReadings machine, TransportKind kind, TransportChoice? transport, string? transportProblem,
        IReadOnlyList<ServerReadings> servers)
    {
        var host = new ServerMachineChecks(needs, machine, servers);
        Check[] checks =
        [
            .. OfClient(needs, machine),
            GeneratorChecks.Swappiness(machine), GeneratorChecks.Transport(machine, kind, transport, transportProblem),
            .. host.SoMaxConn(), .. host.SynBacklog(), .. host.Overcommit(), .. host.HugePages(),
            .. servers.SelectMany(server => OfServer(needs, machine, server)),
            .. needs.IsEmbedded ? [EmbeddedChecks.Queue(needs)] : Array.Empty<Check>(),
        ];
        var needsSysctl = checks.Any(check => check.Remedies.Any(remedy => remedy.Command.StartsWith("sysctl ", StringComparison.Ordinal)));
        return machine.IsReadOnly && needsSysctl ? [.. checks, ReadOnly] : checks;
    }

    /// <summary>The checks that matter to a run that is about to begin. Four kinds are left out: the transport, which the run names itself;
    /// a firewall that tracks nothing now; a server that was too busy to answer but may have time for a storm; and mere advice.</summary>
    /// <param name="needs">The needs of the run.</param>
    /// <param name="machine">This machine.</param>
    /// <param name="kind">The transport that the run asks for.</param>
    /// <param name="transport">The transport that it gets.</param>
    /// <param name="servers">As for <see cref="Full"/>.</param>
    public static IEnumerable<Check> Brief(
        RunNeeds needs, MachineReadings machine, TransportKind kind, TransportChoice transport, IReadOnlyList<ServerReadings> servers)
    {
        var silent = servers.Where(server => server.Obstacle is ServerObstacle.Silence or ServerObstacle.ClosesOnInfo)
            .Select(server => server.Endpoint).ToHashSet();
        var saves = servers.Any(server => server.Forks == true);
        return Full(needs, machine, kind, transport, null, servers).Where(check => check.Name switch
        {
            TuningKeys.Transport or TuningKeys.Swappiness or TuningKeys.HugePages => false,
            TuningKeys.Conntrack => IsTracking(machine),
            TuningKeys.Overcommit => saves,
            TargetCheck.Name => !silent.Contains(check.Subject),
            _ => true,
        });
    }

    private static Check ReadOnly => Check.Unseen(
        "/proc/sys", Check.Machine, null,
        "it is mounted read-only, as in most containers: no sysctl -w works here. Set the values on the host, or those of net.* with "
        + "docker run --sysctl KEY=VALUE");

    private static IEnumerable<Check> OfClient(RunNeeds needs, MachineReadings machine) =>
    [
        ClientChecks.MaxOpen(needs), ClientChecks.Descriptors(needs, machine), .. ClientChecks.Ports(needs, machine),
        ClientChecks.TimeWait(needs, machine), ClientChecks.Conntrack(needs, machine), GeneratorChecks.Memory(needs, machine),
    ];

    private static IEnumerable<Check> OfServer(RunNeeds needs, MachineReadings machine, ServerReadings server) => new[]
    {
        TargetCheck.Of(needs, server), ServerChecks.Refused(server), ServerChecks.Descriptors(needs, server),
        ServerChecks.MaxClients(needs, server), ServerChecks.Queue(needs, server, SoMaxConn(machine, server)),
    }.OfType<Check>();

    // nf_conntrack is loaded on many machines without a rule that needs it.
    private static bool IsTracking(MachineReadings machine) => machine.Number(ClientChecks.ConntrackCount) > 0;

    private static long? SoMaxConn(MachineReadings machine, ServerReadings server) =>
        server is { IsHere: true, IsElsewhere: false } ? machine.Number(TuningKeys.SoMaxConn) : null;
}
