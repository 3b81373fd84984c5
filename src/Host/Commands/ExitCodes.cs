using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary>Exit codes of the contract.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Error = 1;
    public const int BadUsage = 2;
    public const int ThresholdNotMet = 3;

    /// <summary>Of <c>doctor</c>: a run would lose connections.</summary>
    public const int WouldFail = 3;
    public const int Aborted = 4;
    public const int Interrupted = 130;

    /// <summary>The code of a run that is over.</summary>
    /// <param name="ended">How it ended.</param>
    /// <param name="signalled">A signal stopped it.</param>
    /// <param name="filesLost">Something that was to be on disk is not: nobody may take what is there for the whole.</param>
    public static int For(RunProtocol.RunEnded ended, bool signalled, bool filesLost) => ended.Result switch
    {
        _ when filesLost => Error,
        _ when signalled => Interrupted,
        null => Error,
        { Verdict: Verdict.Interrupted } => Interrupted,
        { Verdict: Verdict.Aborted } => Aborted,
        { Thresholds: var thresholds } when thresholds.Any(threshold => !threshold.Met) => ThresholdNotMet,
        _ => Done,
    };
}
