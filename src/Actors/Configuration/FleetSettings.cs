using System.Collections.Immutable;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Configuration;

/// <summary>Clients of one kind (an element of <c>actorload.fleets</c>); the fleets of a run storm side by side.</summary>
/// <param name="Name">Its name in reports; empty for the one fleet of a run file without <c>fleets</c>.</param>
/// <param name="Target">The servers that it storms.</param>
/// <param name="Load">Its phases, one after the other; at least one.</param>
/// <param name="Connection">What each of its connections does.</param>
/// <param name="Supervision">What happens after a failure.</param>
public sealed record FleetSettings(
    string Name, TargetSettings Target, ImmutableArray<PhaseSettings> Load, ConnectionSettings Connection, SupervisionPolicy Supervision)
{
    /// <summary>Its endpoints among those of the whole run, in turn. The only fleet has all.</summary>
    public ImmutableArray<Endpoint> Among(ImmutableArray<Endpoint> endpoints) => Name.Length == 0 ? endpoints : Target.Among(endpoints);

    /// <summary>How many of its connections go to each of its targets, in proportion. A name with several addresses shares its weight among
    /// them. In the order <c>first</c> the first one takes all, as long as it is not given up.</summary>
    /// <param name="targets">Of <see cref="Among"/>.</param>
    public ImmutableArray<double> Weights(ImmutableArray<Endpoint> targets) => Target.Order switch
    {
        EndpointOrder.First => [.. targets.Select((_, index) => index == 0 ? 1.0 : 0)],
        EndpointOrder.Weighted => [.. targets.Select(target =>
            Target.Endpoints.Zip(Target.Weights).Where(named => named.First == target.Name).Sum(named => named.Second)
                / targets.Count(other => other.Name == target.Name))],
        _ => [.. targets.Select(_ => 1.0)],
    };

    /// <summary>The targets of all fleets: each endpoint once. Its credentials are those of the run, or else of the first fleet that has
    /// any; to sign in, see <see cref="RunSettings.CredentialsOf"/>.</summary>
    /// <param name="fleets">The fleets.</param>
    /// <param name="run">The target of the run file.</param>
    internal static TargetSettings TargetOf(ImmutableArray<FleetSettings> fleets, TargetSettings run) => new(
        [.. fleets.SelectMany(fleet => fleet.Target.Endpoints).Distinct()],
        fleets.Select(fleet => fleet.Target.Credentials).Prepend(run.Credentials).FirstOrDefault(
            credentials => credentials.AreGiven || credentials.Tls is not null, Credentials.None))
    {
        Parts = [.. fleets.Select(fleet => fleet.Target)],
        IsCluster = fleets.Any(fleet => fleet.Target.IsCluster),
    };

    /// <summary>The connections of all fleets as one: their limits together, and of each choice the one with more consequences. The scripts
    /// stay with the fleets.</summary>
    internal static ConnectionSettings ConnectionOf(ImmutableArray<FleetSettings> fleets)
    {
        var all = fleets.Select(fleet => fleet.Connection).ToArray();
        return new ConnectionSettings(
            Script.Empty, all.Max(one => one.Hold), all.Max(one => one.ConnectTimeout), all.Max(one => one.ReplyTimeout),
            (int)Math.Min(all.Sum(one => (long)one.MaxOpen), int.MaxValue),
            all[0].Socket with
            {
                Close = all.Select(one => one.Socket.Close).MaxBy(Consequences),
                Ports = all.Any(one => one.Socket.Ports == PortChoice.Kernel) ? PortChoice.Kernel : PortChoice.Slot,
            });
    }

    // TIME_WAIT on our side, or on the server's, or none.
    private static int Consequences(CloseMode close) => close switch
    {
        CloseMode.Graceful => 4,
        CloseMode.HalfClose => 3,
        CloseMode.Quit => 2,
        CloseMode.Abandon => 1,
        _ => 0,
    };

    /// <summary>The supervision of all fleets as one, for what ends the whole run.</summary>
    internal static SupervisionPolicy SupervisionOf(ImmutableArray<FleetSettings> fleets)
    {
        var first = fleets[0].Supervision;
        return first with { Breaker = first.Breaker with { Enabled = fleets.All(fleet => fleet.Supervision.Breaker.Enabled) } };
    }
}
