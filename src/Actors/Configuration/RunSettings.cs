using System.Collections.Immutable;
using System.Net.Sockets;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Configuration;

/// <summary>All settings of a run, checked and immutable: a run file over <c>reference.conf</c>.</summary>
/// <param name="Target">The servers to storm.</param>
/// <param name="Load">The phases, one after the other; at least one.</param>
/// <param name="Connection">What each connection does.</param>
/// <param name="Transport">How socket operations are carried out.</param>
/// <param name="Supervision">What happens after a failure.</param>
/// <param name="Metrics">How the run is measured.</param>
/// <param name="Observers">Its observers.</param>
/// <param name="Thresholds">Conditions for exit code 0.</param>
/// <param name="Safety">Which addresses may be stormed at all.</param>
/// <param name="Daemon">The control API of <c>actorload serve</c>.</param>
/// <param name="Seed">Seed of all randomness (backoff jitter).</param>
/// <param name="Configuration">The merged configuration as JSON, secrets masked, as in <c>result.json</c>.</param>
public sealed record RunSettings(
    TargetSettings Target,
    ImmutableArray<PhaseSettings> Load,
    ConnectionSettings Connection,
    TransportSettings Transport,
    SupervisionPolicy Supervision,
    MetricsSettings Metrics,
    ObserverSettings Observers,
    ImmutableArray<Threshold> Thresholds,
    SafetySettings Safety,
    DaemonSettings Daemon,
    int Seed,
    System.Text.Json.Nodes.JsonObject Configuration)
{
    /// <summary>How long the load may last (<c>run.deadline</c>): then nothing more is opened, and open connections are closed. 0 sets no
    /// limit.</summary>
    public TimeSpan Deadline { get; init; }

    /// <summary>The fleets, at least one. <see cref="Target"/>, <see cref="Load"/>, <see cref="Connection"/> and <see cref="Supervision"/>
    /// are those of the only fleet, or of all together.</summary>
    public ImmutableArray<FleetSettings> Fleets
    {
        get => field.IsDefaultOrEmpty ? [new FleetSettings("", Target, Load, Connection, Supervision)] : field.Length > 1 ? field
            : [field[0] with { Target = Target, Load = Load, Connection = Connection, Supervision = Supervision }];
        init;
    }

    /// <summary>What reports call the fleets, and where their phases begin among all.</summary>
    public IReadOnlyList<FleetName> FleetNames =>
        [.. Fleets.Select((fleet, index) => new FleetName(fleet.Name, Fleets.Take(index).Sum(other => other.Load.Length)))];

    /// <summary>What reports call the phases, fleet by fleet.</summary>
    public IReadOnlyList<PhaseName> PhaseNames =>
    [
        .. Fleets.SelectMany(fleet => fleet.Load.Select(
            phase => new PhaseName(phase.Name, phase.Shape.Word()) { Fleet = fleet.Name.Length > 0 ? fleet.Name : null })),
    ];

    /// <summary>True if thresholds may pass in a run that is <c>generator-limited</c> (<c>verdict.allow</c>).</summary>
    public bool AllowsGeneratorLimited { get; init; }

    /// <summary>The target of the run file, beside those of its fleets; null only in settings that no reader made.</summary>
    public TargetSettings? OwnTarget { get; init; }

    /// <summary>How observers sign in to an endpoint: as the first fleet that signs in there, or speaks TLS; else as the run file's own
    /// target, if that names the endpoint.</summary>
    /// <param name="endpoint">One of <paramref name="all"/>.</param>
    /// <param name="all">All endpoints of the run.</param>
    public Credentials CredentialsOf(Endpoint endpoint, ImmutableArray<Endpoint> all) =>
        Fleets.Where(fleet => fleet.Among(all).Contains(endpoint)).Select(fleet => fleet.Target)
            .Concat(OwnTarget is { } own && own.Among(all).Contains(endpoint) ? [own] : [])
            .Select(target => target.Credentials)
            .FirstOrDefault(credentials => credentials.AreGiven || credentials.Tls is not null, Credentials.None);

    /// <summary>Keeps a server's words without the run's secrets. Made anew each time.</summary>
    public ServerWords Words => new(
    [
        Target.Credentials.Password, OwnTarget?.Credentials.Password ?? "", Daemon.Token,
        .. Fleets.SelectMany(fleet => fleet.Connection.Secrets.Prepend(fleet.Target.Credentials.Password)),
    ]);
}

/// <summary>The servers to storm (<c>actorload.target</c>).</summary>
/// <param name="Endpoints"><c>host:port</c>, <c>[v6]:port</c>, <c>unix:/path</c>, or the single word <c>embedded</c>.</param>
/// <param name="Credentials">How clients sign in.</param>
public sealed record TargetSettings(ImmutableArray<string> Endpoints, Credentials Credentials)
{
    /// <summary>Which addresses of a name are stormed.</summary>
    public AddressChoice Addresses { get; init; }

    /// <summary>Only addresses of this family are stormed.</summary>
    public FamilyChoice Family { get; init; }

    /// <summary>Which endpoint the next connection goes to.</summary>
    public EndpointOrder Order { get; init; }

    /// <summary>The weight of each element of <see cref="Endpoints"/>; empty unless they are drawn by weight.</summary>
    public ImmutableArray<double> Weights { get; init; } = [];

    /// <summary>The endpoints name a cluster, whose masters are stormed.</summary>
    public bool IsCluster { get; init; }

    /// <summary>The cluster: the endpoints that name it.</summary>
    internal string ClusterName => string.Join(", ", Endpoints);

    /// <summary>The targets that this one unites; empty if it is the target of one fleet.</summary>
    public ImmutableArray<TargetSettings> Parts { get; init; } = [];

    /// <summary>The endpoint that stands for ActorLoad's own Garnet server.</summary>
    public const string Embedded = "embedded";

    /// <summary>True when the run brings its own server.</summary>
    public bool IsEmbedded => Endpoints is [Embedded];

    /// <summary>What it storms of all endpoints of a run.</summary>
    internal ImmutableArray<Endpoint> Among(ImmutableArray<Endpoint> endpoints) => IsEmbedded ? endpoints
        : IsCluster ? [.. endpoints.Where(endpoint => endpoint.Node?.Cluster == ClusterName)]
        : SeedsAmong(endpoints);

    /// <summary>Its endpoints among those of all names, in the order of the run file.</summary>
    internal ImmutableArray<Endpoint> SeedsAmong(ImmutableArray<Endpoint> endpoints) =>
    [
        .. Endpoints.SelectMany(name => Among(
            name, [.. endpoints.Where(endpoint => endpoint.Node is null && endpoint.Name == name)], endpoint => endpoint.Family)),
    ];

    /// <summary>Those of a name's addresses that it storms.</summary>
    /// <param name="name">One of <see cref="Endpoints"/>.</param>
    /// <param name="found">All addresses of the name.</param>
    /// <param name="family">The family of an address.</param>
    internal IEnumerable<T> Among<T>(string name, IReadOnlyCollection<T> found, Func<T, AddressFamily> family)
    {
        if (Parts.Length > 0)
        {
            var parts = Parts.Where(part => part.Endpoints.Contains(name)).ToArray();
            return found.Where(address => parts.Any(part => part.Among(name, found, family).Contains(address)));
        }

        var fitting = found.Where(address => Family switch
        {
            FamilyChoice.Ipv4 => family(address) is AddressFamily.InterNetwork or AddressFamily.Unix,
            FamilyChoice.Ipv6 => family(address) is AddressFamily.InterNetworkV6 or AddressFamily.Unix,
            _ => true,
        });
        return Addresses == AddressChoice.First ? fitting.Take(1) : fitting;
    }

    /// <summary>The endpoints, without the password, which must not reach a log.</summary>
    public override string ToString() => string.Join(", ", Endpoints);
}

/// <summary>The addresses that are stormed, by their family (<c>target.family</c>).</summary>
public enum FamilyChoice
{
    /// <summary>Both; IPv4 before IPv6.</summary>
    Any,

    /// <summary>IPv4 alone.</summary>
    Ipv4,

    /// <summary>IPv6 alone.</summary>
    Ipv6,
}

/// <summary>Which addresses of a name are stormed (<c>target.addresses</c>).</summary>
public enum AddressChoice
{
    /// <summary>The first address, IPv4 before IPv6.</summary>
    First,

    /// <summary>Each address, in turn.</summary>
    All,
}

/// <summary>How a run is measured (<c>actorload.metrics</c>).</summary>
/// <param name="Interval">Time between samples.</param>
public sealed record MetricsSettings(TimeSpan Interval);

/// <summary>The targets that may be stormed (<c>actorload.safety</c>).</summary>
/// <param name="AllowedTargets">Networks with all allowed target addresses.</param>
public sealed record SafetySettings(ImmutableArray<System.Net.IPNetwork> AllowedTargets)
{
    /// <summary>Unix sockets that a posted run may storm. Any other run may storm those of its machine.</summary>
    public ImmutableArray<string> AllowedPaths { get; init; } = [];

    /// <summary>The settings of a list of networks and paths.</summary>
    internal static SafetySettings Of(ImmutableArray<(System.Net.IPNetwork Network, string? Path)> allowed) =>
        new([.. allowed.Where(target => target.Path is null).Select(target => target.Network)])
        {
            AllowedPaths = [.. allowed.Select(target => target.Path).OfType<string>()],
        };
}

/// <summary>The control API (<c>actorload.daemon</c>).</summary>
/// <param name="Url">Where it listens, such as <c>http://127.0.0.1:8471</c>.</param>
/// <param name="Token">Bearer token; required unless the address is loopback. Masked wherever it would be shown.</param>
/// <param name="Results">Directory of results.</param>
/// <param name="MaxBody">Largest run file that is accepted, in bytes.</param>
/// <param name="MaxQueue">Most runs that may wait.</param>
/// <param name="MaxDuration">How long a posted run may last.</param>
/// <param name="MaxWait">How long a posted run may wait for its turn.</param>
public sealed record DaemonSettings(
    Uri Url, string Token, string Results, int MaxBody, int MaxQueue, TimeSpan MaxDuration, TimeSpan MaxWait)
{
    /// <summary>The settings without the token, which must not reach a log.</summary>
    public override string ToString() => $"{Url}";
}
