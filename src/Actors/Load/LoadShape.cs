namespace ActorLoad.Load;

/// <summary>How the connections of a phase are spread over time.</summary>
public enum LoadShape
{
    /// <summary>Many at once, a gap, and again.</summary>
    Bursts,

    /// <summary>A rate that stays the same.</summary>
    Rate,

    /// <summary>A rate that grows or falls.</summary>
    Ramp,

    /// <summary>A rate that changes in steps.</summary>
    Steps,

    /// <summary>A rate that rises, stays, and falls back.</summary>
    Spike,

    /// <summary>A rate that swings like days and nights.</summary>
    Sine,

    /// <summary>Due times from a file.</summary>
    Replay,

    /// <summary>None for a while.</summary>
    Pause,

    /// <summary>Connections that are kept open.</summary>
    Population,
}
