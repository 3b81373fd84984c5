using ActorLoad.Metrics;

namespace ActorLoad.Actors.Tests.Metrics;

/// <summary>What one connection did, as a lane records it: a null outcome is still open.</summary>
public sealed record Life(Outcome? Outcome, int Retries = 0, int Micros = 50, string? Prefix = null, bool Started = true)
{
    public const long Frequency = 1_000_000;

    private static readonly string[] Prefixes = ["ERR", "NOAUTH", "LOADING"];

    public static Life NotStarted { get; } = new(null, Started: false);

    /// <summary>Start lag and connect take so long, each reply a thousand times as long.</summary>
    public static Timings Timings(int micros)
    {
        var timings = new Timings { Due = 1_000 };
        timings.BeginAttempt(timings.Due + micros);
        (timings.SynSent, timings.Connected) = (timings.AttemptStarted, timings.AttemptStarted + micros);
        timings.FirstReply = timings.Connected + (micros * 1_000L);
        timings.LastReply = timings.Ended = timings.FirstReply + (micros * 1_000L);
        return timings;
    }

    public void RecordIn(Tally tally)
    {
        tally.RecordPlanned(1);
        if (!Started)
        {
            tally.RecordDropped();
            return;
        }

        tally.RecordOpened();
        tally.RecordAttempt(isRetry: false);
        var failure = Outcome is { } outcome && outcome.IsFailure() ? outcome : ActorLoad.Metrics.Outcome.Reset;
        for (var retry = 0; retry < Math.Abs(Retries % 4); retry++)
        {
            tally.RecordAttemptFailure(failure);
            tally.RecordAttempt(isRetry: true);
        }

        if (Outcome is { } ended)
        {
            RecordEnd(tally, ended);
        }
    }

    private void RecordEnd(Tally tally, Outcome ended)
    {
        if (ended.IsFailure())
        {
            tally.RecordAttemptFailure(ended);
        }

        if (ended == ActorLoad.Metrics.Outcome.Rejected)
        {
            var known = Prefix is null ? 0 : Array.IndexOf(Prefixes, Prefix);
            tally.RecordRejection(Prefixes[known >= 0 ? known : Prefix!.Length % Prefixes.Length]);
        }

        var timings = Timings(Math.Abs(Micros % 1_000_000));
        if (ended != ActorLoad.Metrics.Outcome.Cancelled)
        {
            RecordSteps(tally, timings);
        }

        tally.RecordEnded(ended, timings);
    }

    /// <summary>All that an attempt comes through, up to its close.</summary>
    public static void RecordSteps(Tally tally, in Timings timings)
    {
        tally.RecordStep(Step.StartLag, timings);
        tally.RecordEstablished();
        tally.RecordStep(Step.Connect, timings);
        tally.RecordAnswered();
        tally.RecordStep(Step.FirstReply, timings);
        tally.RecordStep(Step.Script, timings);
        tally.RecordStep(Step.Total, timings);
        tally.RecordSocket(wasEstablished: true, isAborted: true);
    }
}
