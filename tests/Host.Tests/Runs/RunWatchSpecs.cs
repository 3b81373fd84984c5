using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorLoad.Hosting.Tests.Runs;

public sealed class RunWatchSpecs : TestKit
{
    private static readonly RunProtocol.RunEnded _ended = new(Results.Id, Results.Of(Verdict.Valid), null);

    private readonly TemporaryDirectory _files = new();

    protected override void AfterAll()
    {
        base.AfterAll();
        _files.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Journal_continues_whatever_happens_to_its_view(bool throws)
    {
        using var never = new SemaphoreSlim(0);
        var view = new SpoiltView(() => { if (throws) { throw new IOException("full"); } never.Wait(); });
        var watch = new RunWatch(view);
        var follower = ActorOf(RunFollower.Props(RunJournal.Create(_files["run"], Results.Header), watch));
        Watch(follower);
        for (var at = 1; at <= 200; at++)
        {
            follower.Tell(Results.Snapshot(at), ActorRefs.NoSender);
        }

        follower.Tell(_ended, ActorRefs.NoSender);
        Assert.Equal(_ended, await watch.Ended);
        ExpectTerminated(follower);
        Assert.Equal(200, InterruptedRun.ReadSamples(_files["run"]).Samples.Count);
        Assert.True(File.Exists(Path.Combine(_files["run"], RunJournal.ResultFile)));
        Assert.False(watch.AreFilesLost);
        never.Release(1000);
        await watch.Viewed;
    }

    [Fact]
    public async Task View_that_keeps_up_gets_everything_in_order()
    {
        var told = new List<string>();
        var watch = new RunWatch(new TellTale(told));
        watch.Measured(Results.Snapshot(1));
        watch.FilesLost("full");
        watch.Measured(Results.Snapshot(2));
        watch.End(_ended);
        await watch.Viewed;
        Assert.Equal(["1", "full", "2", "end"], told);
        Assert.True(watch.AreFilesLost);
    }

    [Fact]
    public void Interrupted_run_has_the_counts_of_its_last_interval()
    {
        var soFar = new RunSoFar(Results.Header);
        Assert.Equal(0, soFar.ResultOr("stuck").Connections.Planned);
        soFar.Measured(Results.Snapshot(1));
        soFar.Measured(Results.Snapshot(2));
        var result = soFar.ResultOr("stuck");
        Assert.Equal((100, 60, 30), (result.Connections.Planned, result.Connections.Succeeded, result.Connections.Cancelled));
        Assert.Equal(result.Connections.Opened, result.Outcomes.Values.Sum());
        Assert.Equal(2, result.Samples.Count);
        Assert.Equal("stuck", result.VerdictReasons[0]);
        soFar.Ended(_ended);
        Assert.Same(_ended.Result, soFar.ResultOr("too late"));
    }

    private sealed class SpoiltView(Action spoil) : IRunView
    {
        public void Started(RunProtocol.RunStarted started) => spoil();

        public void Measured(RunSnapshot snapshot) => spoil();

        public void Ended(RunProtocol.RunEnded ended) => spoil();

        public void FilesLost(string problem) => spoil();
    }

    private sealed class TellTale(List<string> told) : IRunView
    {
        public void Started(RunProtocol.RunStarted started) => told.Add("start");

        public void Measured(RunSnapshot snapshot) => told.Add($"{snapshot.ElapsedSeconds:0}");

        public void Ended(RunProtocol.RunEnded ended) => told.Add("end");

        public void FilesLost(string problem) => told.Add(problem);
    }
}
