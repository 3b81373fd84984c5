namespace ActorLoad.Connections;

/// <summary>The decision after a failed attempt.</summary>
/// <param name="Directive">Restart means another attempt.</param>
/// <param name="NotBefore">Earliest start of that attempt, as a time stamp of the loop's clock; 0 means at once.</param>
internal readonly record struct FailureDecision(FailureDirective Directive, long NotBefore)
{
    /// <summary>The failure becomes the connection's outcome.</summary>
    public static FailureDecision GiveUp { get; } = new(FailureDirective.Stop, 0);

    /// <summary>The endpoint that was given up because of this failure, or null.</summary>
    public ConnectionProtocol.GaveUp? GivenUp { get; init; }

    /// <summary>The reason to open no more connections from now on, or null.</summary>
    public string? Stopped { get; init; }
}
