using ActorLoad.Observers.Tuning;
using ActorLoad.Transport;

namespace ActorLoad.Observers.Doctor;

/// <summary>All checks of a run, in the order in which what they propose is to be done. Pure.</summary>
public static class Checkup
{
    /// <summary>What <c>doctor</c> shows.</summary>
    /// <param name="needs">Of the run.</param>
    /// <param name="machine">This machine.</param>
    /// <param name="kind">The transport that the run asks for.</param>
    /// <param name="transport">The one that it would get; null if none.</param>
    /// <param name="transportProblem">Why none.</param>
    /// <param name="servers">The servers of the target; none if it is embedded.</param>
    public static IReadOnlyList<Check> Full(
        RunNeeds needs, MachineReadings machine, TransportKind kind, TransportChoice? transport, string? transportProblem,
        IReadOnlyList<ServerReadings> servers)
    {
        var host = new ServerMachineChecks(needs, machine, servers);
        return
        [
            .. OfClient(needs, machine, transport),
            GeneratorChecks.Swappiness(machine), GeneratorChecks.Transport(kind, transport, transportProblem),
            .. host.SoMaxConn(), .. host.SynBacklog(), .. host.Overcommit(), .. host.HugePages(),
            .. servers.SelectMany(server => OfServer(needs, machine, server)),
            .. needs.IsEmbedded ? [EmbeddedChecks.Queue(needs)] : Array.Empty<Check>(),
        ];
    }

    /// <summary>What a run looks at before it begins: what would cost it connections or change its numbers, and needs no question to a server. Which
    /// transport it gets it says itself.</summary>
    /// <param name="needs">Of the run.</param>
    /// <param name="machine">This machine.</param>
    /// <param name="transport">The transport that the run gets.</param>
    /// <param name="servers">Looked at, not asked.</param>
    public static IEnumerable<Check> Brief(RunNeeds needs, MachineReadings machine, TransportChoice transport, IReadOnlyList<ServerReadings> servers)
    {
        var host = new ServerMachineChecks(needs, machine, servers);
        return
        [
            .. OfClient(needs, machine, transport).Where(check => check.Name != TuningKeys.Conntrack || IsTracking(machine)),
            .. host.SoMaxConn(), .. host.SynBacklog(),
            .. servers.Select(server => ServerChecks.Queue(needs, server, SoMaxConn(machine, server))).OfType<Check>(),
            .. needs.IsEmbedded ? [EmbeddedChecks.Queue(needs)] : Array.Empty<Check>(),
        ];
    }

    private static IEnumerable<Check> OfClient(RunNeeds needs, MachineReadings machine, TransportChoice? transport) =>
    [
        ClientChecks.MaxOpen(needs), ClientChecks.Descriptors(needs, machine), ClientChecks.Ports(needs, machine),
        ClientChecks.TimeWait(needs, machine), ClientChecks.Conntrack(needs, machine), GeneratorChecks.Memory(needs, machine, transport),
    ];

    private static IEnumerable<Check> OfServer(RunNeeds needs, MachineReadings machine, ServerReadings server) => new[]
    {
        ServerChecks.Answers(server), ServerChecks.Refused(server), ServerChecks.Descriptors(needs, server), ServerChecks.MaxClients(needs, server),
        ServerChecks.Queue(needs, server, SoMaxConn(machine, server)),
    }.OfType<Check>();

    // Loaded on many machines, and with no rule that asks it to track.
    private static bool IsTracking(MachineReadings machine) => machine.Number(ClientChecks.ConntrackCount) > 0;

    private static long? SoMaxConn(MachineReadings machine, ServerReadings server) =>
        server is { IsHere: true, IsElsewhere: false } ? machine.Number(TuningKeys.SoMaxConn) : null;
}
