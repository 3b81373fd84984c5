namespace ActorLoad.Connections;

/// <summary>What follows a failed attempt.</summary>
/// <param name="Directive">Restart: another attempt.</param>
/// <param name="NotBefore">When that may begin, as a time stamp of the loop's clock; 0 is at once.</param>
internal readonly record struct FailureDecision(FailureDirective Directive, long NotBefore)
{
    /// <summary>The failure is the connection's outcome.</summary>
    public static FailureDecision GiveUp { get; } = new(FailureDirective.Stop, 0);

    /// <summary>The endpoint that was given up for it; null if none was.</summary>
    public ConnectionProtocol.GaveUp? GivenUp { get; init; }

    /// <summary>Why nothing more may be opened from now on; null if that is as it was.</summary>
    public string? Stopped { get; init; }
}
