using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Journal;

public class RunJournalSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose()
    {
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Every_interval_is_on_disk_when_it_was_added()
    {
        using var journal = RunJournal.Create(_files["run"], Results.Header);
        for (var at = 1; at <= 3; at++)
        {
            journal.Add(Results.Snapshot(at));
            var (last, samples) = InterruptedRun.ReadSamples(_files["run"]);
            Assert.Equal(at, samples.Count);
            Assert.Equal(at, last!.ElapsedSeconds);
        }
    }

    [Fact]
    public void Endpoints_of_a_run_that_was_cut_off_are_those_of_its_last_interval()
    {
        var snapshot = Results.Snapshot(1);
        var only = Assert.Single(InterruptedRun.Assemble(Results.Header, snapshot, []).Endpoints);
        Assert.Equal(("127.0.0.1:6379", new ConnectionCounts(100, 100, 60, 10, 0, 30)), (only.Address, only.Connections));
        Assert.Equal((60, 30), (only.Outcomes["succeeded"], only.Outcomes["cancelled"]));

        var other = EndpointCounts.Of(new EndpointName("db:6380", "127.0.0.1:6380"), snapshot);
        var several = InterruptedRun.Assemble(Results.Header, snapshot with { Endpoints = [only, other] }, []).Endpoints;
        Assert.Equal(["127.0.0.1:6379", "127.0.0.1:6380"], several.Select(endpoint => endpoint.Address));
        Assert.Equal(0, several.Sum(endpoint => endpoint.Connections.Open));
        Assert.Empty(InterruptedRun.Assemble(Results.Header, null, []).Endpoints);
    }

    [Fact]
    public void A_line_that_was_cut_off_costs_itself_only()
    {
        using (var journal = RunJournal.Create(_files["run"], Results.Header))
        {
            journal.Add(Results.Snapshot(1));
        }

        File.AppendAllText(Path.Combine(_files["run"], RunJournal.SamplesFile), RunResultJson.Serialize(Results.Snapshot(2))[..200]);
        var (last, samples) = InterruptedRun.ReadSamples(_files["run"]);
        Assert.Single(samples);
        Assert.Equal(1, last!.ElapsedSeconds);
    }

    [Fact]
    public void The_books_of_an_interrupted_run_balance()
    {
        var result = InterruptedRun.Assemble(Results.Header, Results.Snapshot(1), [Results.Snapshot(1).Sample]);
        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.Equal(0, result.Connections.Open);
        Assert.Equal(30, result.Connections.Cancelled);
        Assert.Equal(result.Connections.Opened, result.Outcomes.Values.Sum());
        Assert.Equal(Outcomes.All.Select(outcome => outcome.Name()).Order(), result.Outcomes.Keys.Order());
        Assert.Contains(result.VerdictReasons, reason => reason.StartsWith("30 connections were open", StringComparison.Ordinal));
        Assert.Equal(RunResultJson.Serialize(result), RunResultJson.Serialize(RunResultJson.Parse(RunResultJson.Serialize(result))));
    }

    [Fact]
    public void A_run_that_never_began_measured_nothing()
    {
        var result = InterruptedRun.Assemble(RunHeader.Parse((Results.Header with { StartedAt = null }).ToJson()), null, []);
        Assert.Equal(0, result.Connections.Planned);
        Assert.Equal(["the process ended before this run began"], result.VerdictReasons);
    }

    [Fact]
    public void The_result_of_a_run_before_is_not_taken_for_this_ones()
    {
        using (var before = RunJournal.Create(_files["run"], Results.Header))
        {
            before.End(new RunProtocol.RunEnded(Results.Id, Results.Of(Verdict.Valid), null));
        }

        using var journal = RunJournal.Create(_files["run"], Results.Header);
        Assert.False(File.Exists(Path.Combine(_files["run"], RunJournal.ResultFile)));
        Assert.Empty(InterruptedRun.ReadSamples(_files["run"]).Samples);
    }

    [LinuxFact]
    public void A_full_disk_is_noticed_by_the_line_that_does_not_fit()
    {
        Directory.CreateDirectory(_files["run"]);
        File.CreateSymbolicLink(Path.Combine(_files["run"], RunJournal.SamplesFile), "/dev/full");
        using var journal = RunJournal.Create(_files["run"], Results.Header);
        Assert.Throws<IOException>(() => journal.Add(Results.Snapshot(1)));
    }
}
