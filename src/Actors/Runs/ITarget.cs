using System.Collections.Immutable;
using System.Net;

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
    /// <summary>The server's process, if it was started for the run; null for any other.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Nothing to do.</summary>
    public Task<ResolvedTarget> OpenAsync(CancellationToken cancellation) => Task.FromResult(this);

    /// <summary>Nothing to do.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
