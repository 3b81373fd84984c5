namespace ActorLoad.Hosting.Daemon;

/// <summary>The state of a run of the daemon.</summary>
public enum RunState
{
    Queued,
    Running,

    /// <summary>It has its result and was not stopped.</summary>
    Finished,

    /// <summary>It was stopped, or the daemon ended during the run.</summary>
    Interrupted,

    /// <summary>It has no result, but an error with the reason.</summary>
    Failed,
}

/// <summary>A run in the list. Verdict and start are null as long as they are unknown.</summary>
public sealed record RunRow(string Id, RunState State, string? Verdict, DateTimeOffset? QueuedAt, DateTimeOffset? StartedAt,
    string? Error)
{
    /// <summary>Its endpoints; null before it began.</summary>
    public string? Target { get; init; }

    /// <summary>Connections that were due so far; null before its first interval ends.</summary>
    public long? Planned { get; init; }

    /// <summary>Connections that succeeded so far.</summary>
    public long? Succeeded { get; init; }
}
