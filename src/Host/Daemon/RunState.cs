namespace ActorLoad.Hosting.Daemon;

/// <summary>Where a run of the daemon stands.</summary>
internal enum RunState
{
    Queued,
    Running,

    /// <summary>It has its result and was not stopped.</summary>
    Finished,

    /// <summary>It was stopped, or the daemon died under it.</summary>
    Interrupted,

    /// <summary>It has no result, and an error says why.</summary>
    Failed,
}

/// <summary>A run in the list. Verdict and start are null where there is none yet.</summary>
internal sealed record RunRow(string Id, RunState State, string? Verdict, DateTimeOffset? QueuedAt, DateTimeOffset? StartedAt, string? Error);
