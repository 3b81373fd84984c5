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
    public void Interrupted_run_has_the_endpoints_of_its_last_interval()
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
    public void Truncated_line_is_skipped_and_the_others_are_read()
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
    public void Long_journal_gives_as_many_samples_as_a_finished_run()
    {
        const int Intervals = 4_000;
        using (var file = new StreamWriter(Path.Combine(Directory.CreateDirectory(_files["run"]).FullName, RunJournal.SamplesFile)))
        {
            for (var at = 1; at <= Intervals; at++)
            {
                file.WriteLine(RunResultJson.Serialize(Results.Snapshot(at)));
            }
        }

        var result = InterruptedRun.Read(_files["run"], Results.Header, CancellationToken.None);
        Assert.InRange(result.Samples.Count, MetricsActor.MaxSamples / 2, MetricsActor.MaxSamples);
        Assert.Equal(Intervals * 60, result.Samples.Sum(sample => sample.Succeeded));
        Assert.Equal(Intervals, result.Run.DurationSeconds);
        Assert.Contains("each sample is of 8 intervals: its counts are exact, its percentiles the largest of those intervals", result.VerdictReasons);
    }

    [Fact]
    public void Lines_of_another_run_are_ignored()
    {
        using (var journal = RunJournal.Create(_files["run"], Results.Header))
        {
            journal.Add(Results.Snapshot(1) with { RunId = "20261122-225936-4f2a9c" });
            journal.Add(Results.Snapshot(2));
        }

        Assert.Equal([2.0], InterruptedRun.Read(_files["run"], Results.Header, CancellationToken.None).Samples.Select(sample => sample.At));
    }

    [Fact]
    public void Result_says_that_the_run_did_not_end_when_stopped()
    {
        var result = InterruptedRun.Assemble(Results.Header with { Error = "stopped by SIGINT, and had not ended 5 s later" }, Results.Snapshot(1), []);
        Assert.StartsWith("stopped by SIGINT, and had not ended 5 s later: these are", result.VerdictReasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_of_an_interrupted_run_balance()
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
    public void Result_of_an_earlier_run_is_not_taken_for_this_ones()
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

    [LinuxFact]
    public void Sample_is_written_even_if_its_histograms_do_not_fit()
    {
        Directory.CreateDirectory(_files["run"]);
        File.CreateSymbolicLink(Path.Combine(_files["run"], RunJournal.HistogramsFile), "/dev/full");
        using var journal = RunJournal.Create(_files["run"], Results.Header);
        Assert.Throws<IOException>(() => journal.Add(Results.Timed(1, 100)));
        Assert.Single(InterruptedRun.ReadSamples(_files["run"]).Samples);
    }

    /// <summary>Whenever the process is killed, no sample and no result of the run before stands beside the header of the next.</summary>
    [LinuxFact]
    public void Samples_are_deleted_before_the_next_header_is_written()
    {
        using (var before = RunJournal.Create(_files["run"], Results.Header))
        {
            before.Add(Results.Timed(1, 100));
            before.End(new RunProtocol.RunEnded(Results.Id, Results.Of(Verdict.Valid), null));
        }

        // A header that cannot be written is where a kill may fall: what was there before it must be gone by then.
        Directory.CreateDirectory(Path.Combine(_files["run"], "run.json.tmp"));
        Assert.ThrowsAny<Exception>(() => RunJournal.Create(_files["run"], Results.Header with { Id = "another" }));
        Assert.Empty(File.ReadAllText(Path.Combine(_files["run"], RunJournal.SamplesFile)));
        Assert.Empty(File.ReadAllText(Path.Combine(_files["run"], RunJournal.HistogramsFile)));
        Assert.False(File.Exists(Path.Combine(_files["run"], RunJournal.ResultFile)));
    }

    [Fact]
    public void Samples_of_another_run_are_not_read()
    {
        using (var before = RunJournal.Create(_files["run"], Results.Header))
        {
            before.Add(Results.Snapshot(1));
        }

        File.WriteAllBytes(Path.Combine(_files["run"], RunJournal.HeaderFile), (Results.Header with { Id = "another" }).ToJson());
        Assert.Empty(InterruptedRun.ReadSamples(_files["run"]).Samples);
    }

    [LinuxFact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Files_are_readable_only_by_their_owner_even_over_existing_ones()
    {
        Directory.CreateDirectory(_files["old"]);
        foreach (var name in new[] { RunJournal.HeaderFile, RunJournal.SamplesFile, RunJournal.HistogramsFile, RunJournal.ResultFile })
        {
            File.WriteAllText(Path.Combine(_files["old"], name), "");
            File.SetUnixFileMode(Path.Combine(_files["old"], name), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        foreach (var directory in new[] { _files["old"], _files["new/below"] })
        {
            using var journal = RunJournal.Create(directory, Results.Header);
            journal.Add(Results.Snapshot(1));
            journal.End(new RunProtocol.RunEnded(Results.Id, Results.Of(Verdict.Valid), null));
            Assert.All(Directory.GetFiles(directory), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        }

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(Owner, File.GetUnixFileMode(_files["new/below"]));
    }

    [LinuxFact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Symlink_for_the_samples_keeps_the_mode_of_its_target()
    {
        var file = _files.Write("elsewhere", "");
        var mode = File.GetUnixFileMode(file);
        Directory.CreateDirectory(_files["run"]);
        File.CreateSymbolicLink(Path.Combine(_files["run"], RunJournal.SamplesFile), file);
        using var journal = RunJournal.Create(_files["run"], Results.Header);
        journal.Add(Results.Snapshot(1));
        Assert.NotEmpty(File.ReadAllText(file));
        Assert.Equal(mode, File.GetUnixFileMode(file));
    }

    [Fact]
    public void Written_result_is_not_overwritten()
    {
        using var journal = RunJournal.Create(_files["run"], Results.Header);
        journal.End(new RunProtocol.RunEnded(Results.Id, null, "stuck"));
        journal.End(new RunProtocol.RunEnded(Results.Id, Results.Of(Verdict.Valid), null));
        journal.End(new RunProtocol.RunEnded(Results.Id, Results.Of(Verdict.Interrupted), null));
        journal.End(new RunProtocol.RunEnded(Results.Id, null, "late"));
        Assert.Equal(Verdict.Valid, RunResultJson.Parse(File.ReadAllText(Path.Combine(_files["run"], RunJournal.ResultFile))).Verdict);
        Assert.DoesNotContain("late", File.ReadAllText(Path.Combine(_files["run"], RunJournal.HeaderFile)), StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_lock_excludes_others_and_leaves_no_file()
    {
        using (DirectoryLock.Take(_files["run"]))
        {
            Assert.Throws<IOException>(() => DirectoryLock.Take(_files["run"]));
        }

        DirectoryLock.Take(_files["run"]).Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_files["run"]));
    }
}
