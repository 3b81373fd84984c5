using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Runs;

/// <summary>What is left of a run of which nobody has made a result.</summary>
public sealed class RunWatchSpecs : IDisposable
{
    private const string Error = "stopped by SIGTERM, and had not ended 5 s later";

    private static readonly RunHeader _queued = Results.Header with { StartedAt = null, Target = null, Transport = null };

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Result_has_the_counts_of_the_last_interval_when_nobody_summed_up(bool hasJournal)
    {
        using var journal = hasJournal ? RunJournal.Create(_files["out"], _queued) : null;
        var watch = new RunWatch(new QuietView());
        watch.Started(new RunProtocol.RunStarted(
            Results.Id, DateTimeOffset.UnixEpoch, new RunInfo(Results.Id, DateTimeOffset.UnixEpoch, 0, _queued.Configuration), Results.Header.Target!, Results.Header.Transport!));
        foreach (var second in new[] { 1, 2 })
        {
            journal?.Add(Results.Snapshot(second));
            watch.Measured(Results.Snapshot(second));
        }

        var result = watch.Assemble(_queued, Error, journal);

        Assert.Equal((100, 100, 60, 10, 30, 0L), (result.Connections.Planned, result.Connections.Opened, result.Connections.Succeeded,
            result.Connections.Failed, result.Connections.Cancelled, result.Connections.Open));
        Assert.Equal(hasJournal ? 2 : 1, result.Samples.Count);
        Assert.Equal((Verdict.Interrupted, "sockets", 2.0), (result.Verdict, result.Transport.Kind, result.Run.DurationSeconds));
        Assert.StartsWith(Error, result.VerdictReasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Result_says_why_nothing_was_measured_when_the_run_never_began()
    {
        var result = new RunWatch(new QuietView()).Assemble(_queued, "stopped by SIGTERM", null);

        Assert.Equal((0, "none"), (result.Connections.Planned, result.Transport.Kind));
        Assert.Equal(["stopped by SIGTERM"], result.VerdictReasons);
    }
}
