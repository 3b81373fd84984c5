using System.Collections.Immutable;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>The target of a run: resolved and allowed endpoints, or a server that is started for the run.</summary>
public interface ITarget : IAsyncDisposable
{
    /// <summary>Makes the target ready and returns its endpoints.</summary>
    Task<ResolvedTarget> OpenAsync(CancellationToken cancellation);
}

/// <summary>A target after resolution.</summary>
/// <param name="Names">As written in the run file.</param>
/// <param name="Endpoints">The endpoints, taken in turn; a name may have several.</param>
public sealed record ResolvedTarget(ImmutableArray<string> Names, ImmutableArray<Endpoint> Endpoints) : ITarget
{
    /// <summary>Names with addresses that are not stormed.</summary>
    public ImmutableArray<UnusedAddresses> Unused { get; init; } = [];

    /// <summary>The different endpoints in the order of use. An endpoint with several names goes by its first name.</summary>
    public IReadOnlyList<EndpointName> EndpointNames =>
        [.. Endpoints.Distinct().Select(endpoint => new EndpointName(endpoint.Name, $"{endpoint}"))];

    /// <summary>The counts of each endpoint. For a single endpoint, these are the totals.</summary>
    public IReadOnlyList<EndpointCounts> Counts(RunSnapshot totals) =>
        totals.Endpoints.Count > 0 ? totals.Endpoints : [.. EndpointNames.Take(1).Select(name => EndpointCounts.Of(name, totals))];

    /// <summary>The server's process, if it was started for the run; null for any other.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Nothing to do.</summary>
    public Task<ResolvedTarget> OpenAsync(CancellationToken cancellation) => Task.FromResult(this);

    /// <summary>Nothing to do.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
