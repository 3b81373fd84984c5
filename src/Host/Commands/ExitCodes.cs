using ActorLoad.Hosting.Reports;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary>The exit codes.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Error = 1;
    public const int BadUsage = 2;
    public const int ThresholdNotMet = 3;

    /// <summary>From <c>doctor</c>: the run would lose connections.</summary>
    public const int WouldFail = 3;
    public const int Aborted = 4;
    public const int Interrupted = 130;

    /// <summary>The exit code after a run.</summary>
    /// <param name="ended">How the run ended.</param>
    /// <param name="signalled">True if a signal stopped the run.</param>
    /// <param name="filesLost">True if a file on disk is missing or incomplete.</param>
    public static int For(RunProtocol.RunEnded ended, bool signalled, bool filesLost) => ended.Result switch
    {
        _ when filesLost => Error,
        _ when signalled => Interrupted,
        null => Error,
        { Verdict: Verdict.Interrupted } => Interrupted,
        { Verdict: Verdict.Aborted } => Aborted,
        { Passed: false } => ThresholdNotMet,
        { Thresholds: var thresholds } when thresholds.Any(threshold => !threshold.Met) => ThresholdNotMet,
        _ => Done,
    };

    /// <summary>The exit code after a search.</summary>
    public static int For(SearchReport report) => report switch
    {
        { End: SearchEnd.Interrupted } => Interrupted,
        { End: SearchEnd.Aborted } => Aborted,
        { Found: null } => ThresholdNotMet,
        _ => Done,
    };
}
