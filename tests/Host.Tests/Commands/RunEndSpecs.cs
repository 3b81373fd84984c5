using ActorLoad.Hosting.Commands;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

public sealed class RunEndSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly RunJournal _journal;
    private readonly RunSoFar _soFar = new(Results.Header);
    private readonly RunEnd _end;

    public RunEndSpecs()
    {
        _journal = RunJournal.Create(_files["run"], Results.Header);
        _end = new RunEnd(Results.Id, new Output(_files["run"], Json: true, Quiet: true), _journal, _soFar);
        _soFar.Measured(Results.Snapshot(1));
    }

    private RunResult Saved => RunResultJson.Parse(File.ReadAllText(_files["run/result.json"]));

    public void Dispose()
    {
        _journal.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void Run_ended_at_once_has_its_measurements()
    {
        _end.Rehearse();
        Assert.False(File.Exists(_files["run/result.json"]));
        _end.WriteAtOnce("SIGTERM");
        Assert.Equal((Verdict.Interrupted, 100, 60, 30), (Saved.Verdict, Saved.Connections.Planned, Saved.Connections.Succeeded, Saved.Connections.Cancelled));
        Assert.StartsWith("ended at once by another SIGTERM", Saved.VerdictReasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_stuck_after_a_stop_has_its_measurements()
    {
        var ended = _end.Write(new RunProtocol.RunEnded(Results.Id, null, "stopped by SIGTERM, and stuck"), isSignalled: true);
        Assert.Equal(100, ended.Result!.Connections.Planned);
        Assert.Equal((100, "stopped by SIGTERM, and stuck"), (Saved.Connections.Planned, Saved.VerdictReasons[0]));
    }

    [Fact]
    public void Complete_result_is_not_replaced_by_a_last_word()
    {
        var ended = new RunProtocol.RunEnded(Results.Id, Results.Of(Verdict.Valid), null);
        _journal.End(ended);
        _soFar.Ended(ended);
        _end.WriteAtOnce("SIGTERM");
        Assert.Equal(Verdict.Valid, Saved.Verdict);
    }
}
