using System.Collections.Immutable;
using System.Net;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>Whom a run storms: resolved and allowed already, or a server that is started for it.</summary>
public interface ITarget : IAsyncDisposable
{
    /// <summary>Makes the target ready and says where connections go.</summary>
    Task<ResolvedTarget> OpenAsync(CancellationToken cancellation);
}

/// <summary>A target after resolution.</summary>
/// <param name="Endpoints">As written in the run file.</param>
/// <param name="Addresses">Where connections go, taken in turn.</param>
public sealed record ResolvedTarget(ImmutableArray<string> Endpoints, ImmutableArray<IPEndPoint> Addresses) : ITarget
{
    /// <summary>What each of the addresses was given as: an element of <see cref="Endpoints"/>, which a name with several addresses may be more than once.</summary>
    public ImmutableArray<string> Names { get; init; } = Endpoints;

    /// <summary>Names with addresses that are not stormed.</summary>
    public ImmutableArray<UnusedAddresses> Unused { get; init; } = [];

    /// <summary>The different addresses with the name that was given first for each, in the order of use.</summary>
    public IReadOnlyList<EndpointName> EndpointNames =>
        [.. Addresses.Zip(Names).DistinctBy(pair => pair.First).Select(pair => new EndpointName(pair.Second, $"{pair.First}"))];

    /// <summary>What was counted of each endpoint; of a single one the totals tell.</summary>
    public IReadOnlyList<EndpointCounts> Counts(RunSnapshot totals) =>
        totals.Endpoints.Count > 0 ? totals.Endpoints : [.. EndpointNames.Take(1).Select(name => EndpointCounts.Of(name, totals))];

    /// <summary>The server's process, if it was started for the run; null for any other.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Nothing to do.</summary>
    public Task<ResolvedTarget> OpenAsync(CancellationToken cancellation) => Task.FromResult(this);

    /// <summary>Nothing to do.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
