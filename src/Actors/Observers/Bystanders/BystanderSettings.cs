using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Observers.Bystanders;

/// <summary>The steady connections beside a storm (<c>actorload.observers.bystander</c>), and how they log in.</summary>
/// <param name="Connections">Number of connections, 1 or more. They take the target's addresses in turn.</param>
/// <param name="RatePerSecond">PINGs of each in a second; above 0.</param>
/// <param name="Before">Length of the baseline before the storm.</param>
/// <param name="After">Longest wait for the recovery; at least <paramref name="Window"/>.</param>
/// <param name="Window">How long p99 must stay in the band to count as recovered; many PINGs should be due in it.</param>
/// <param name="BandFactor">The band ends at the baseline's p99 times this ...</param>
/// <param name="BandFloor">... plus this, so that a baseline of microseconds does not make a band without width.</param>
/// <param name="ConnectTimeout">Longest connect.</param>
/// <param name="ReplyTimeout">Longest wait for a reply; then the connection is given up and opened again.</param>
/// <param name="Credentials">Sign-in of the connections.</param>
public sealed record BystanderSettings(
    int Connections, double RatePerSecond, TimeSpan Before, TimeSpan After, TimeSpan Window, double BandFactor, TimeSpan BandFloor,
    TimeSpan ConnectTimeout, TimeSpan ReplyTimeout, Credentials Credentials)
{
    /// <summary>Hides secrets in the servers' words. By default, it hides only the password.</summary>
    public ServerWords Words { get => field ?? new ServerWords(Credentials.Password); init; }

    /// <summary>Sign-in to each endpoint; by default <see cref="Credentials"/> everywhere.</summary>
    public Func<Endpoint, Credentials> CredentialsOf { get => field ?? (_ => Credentials); init; }

    /// <summary>Leaves out the password, which must not reach a log.</summary>
    public override string ToString() => $"{Connections} connections that PING {RatePerSecond} times a second";
}
