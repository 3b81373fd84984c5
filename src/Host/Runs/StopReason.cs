namespace ActorLoad.Hosting.Runs;

/// <summary>Why a run was stopped. A run that was stopped before it began keeps this in place of a result.</summary>
internal static class StopReason
{
    private const string Prefix = "stopped by ";

    /// <summary>A request over the API.</summary>
    public const string Request = Prefix + "a request";

    /// <summary>The daemon could not say where it listens.</summary>
    public const string Unheard = Prefix + "the daemon, whose stdout could not be written";

    /// <summary>A signal to this process.</summary>
    public static string Signal(string? name) => Prefix + (name ?? "a signal");

    /// <summary>True if the text is such a reason, and not an error.</summary>
    public static bool Is(string? error) => error?.StartsWith(Prefix, StringComparison.Ordinal) == true;
}
