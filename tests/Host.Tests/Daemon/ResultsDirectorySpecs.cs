using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ActorLoad.Hosting.Daemon;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public class ResultsDirectorySpecs : IDisposable
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _files = new();
    private readonly ResultsDirectory _results;

    public ResultsDirectorySpecs() => _results = ResultsDirectory.Open(_files["results"]);

    public void Dispose()
    {
        _results.Dispose();
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    public static TheoryData<string, string> Strangers()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in new[] { RunJournal.HeaderFile, RunJournal.SamplesFile, RunJournal.ResultFile })
        {
            foreach (var kind in new[] { "pipe", "socket", "directory", "link", "link to nothing", "link to a pipe", "unreadable JSON" })
            {
                data.Add(file, kind);
            }
        }

        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Strangers))]
    public async Task Special_file_in_place_of_a_run_file_neither_hangs_nor_shows_anything(string file, string kind)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs mkfifo");
        using (var journal = RunJournal.Create(_results.PathOf(Results.Id), Results.Header))
        {
            journal.Add(Results.Snapshot(1));
        }

        await PutAsync(Path.Combine(_results.PathOf(Results.Id), file), kind);
        var row = await Task.Run(() => _results.Find(Results.Id)).WaitAsync(Hang);
        var shown = await Task.Run(() => Shown(row!)).WaitAsync(Hang);
        Assert.DoesNotContain("secret", shown, StringComparison.Ordinal);
        if (file != RunJournal.SamplesFile)
        {
            Assert.Equal((RunState.Failed, "its files cannot be read"), (row!.State, row.Error));
        }
    }

    [LinuxFact]
    public void Disk_is_probed_by_writing_new_bytes()
    {
        Assert.True(_results.IsWritable());
        Assert.Equal([".lock"], Directory.EnumerateFileSystemEntries(_files["results"]).Select(Path.GetFileName));
        Directory.CreateDirectory(_files["results/.probe/in-the-way"]);
        Assert.False(_results.IsWritable());
    }

    [Fact]
    public void Unsaved_run_is_shown_from_memory_and_saved_later()
    {
        using var journal = RunJournal.Create(_results.PathOf(Results.Id), Results.Header);
        var live = new LiveRun(Results.Id, DateTimeOffset.UnixEpoch, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        _results.Keep(UnsavedRun.Of(live, new RunProtocol.RunEnded(Results.Id, Results.Of(Verdict.Valid), null)));

        var row = _results.Find(Results.Id)!;
        Assert.Equal((RunState.Finished, "valid"), (row.State, row.Verdict));
        Assert.StartsWith("its result could not be saved", row.Error, StringComparison.Ordinal);
        Assert.Equal(Verdict.Valid, RunResultJson.Parse(Read()).Verdict);

        _results.Save(Results.Id);
        Assert.Equal((RunState.Finished, "valid", null), (_results.Find(Results.Id)!.State, _results.Find(Results.Id)!.Verdict, _results.Find(Results.Id)!.Error));
        Assert.Equal(Verdict.Valid, RunResultJson.Parse(Read()).Verdict);
        Assert.Empty(_results.Unsaved.Ids);
    }

    [Fact]
    public void Next_daemon_reports_that_a_run_ended_unsaved()
    {
        using (var journal = RunJournal.Create(_results.PathOf(Results.Id), Results.Header))
        {
            journal.Add(Results.Snapshot(1));
        }

        var live = new LiveRun(Results.Id, DateTimeOffset.UnixEpoch, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        _results.Keep(UnsavedRun.Of(live, new RunProtocol.RunEnded(Results.Id, Results.Of(Verdict.Valid), null)));
        _results.Dispose();
        using var next = ResultsDirectory.Open(_files["results"]);

        Assert.Equal((RunState.Interrupted, UnsavedRun.Lost), (next.Find(Results.Id)!.State, next.Find(Results.Id)!.Error));
        using var reader = new StreamReader(next.Result(Results.Id, CancellationToken.None));
        var result = RunResultJson.Parse(reader.ReadToEnd());
        Assert.StartsWith(UnsavedRun.Lost, result.VerdictReasons[0], StringComparison.Ordinal);
        Assert.Single(result.Samples);
    }

    private string Shown(RunRow row)
    {
        try
        {
            return row.State == RunState.Failed ? JsonSerializer.Serialize(row) : Read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return "";
        }
    }

    private string Read()
    {
        using var reader = new StreamReader(_results.Result(Results.Id, CancellationToken.None));
        return reader.ReadToEnd();
    }

    private async Task PutAsync(string path, string kind)
    {
        File.Delete(path);
        var secret = _files.Write("elsewhere", "{ \"verdict\": \"valid\", \"id\": \"x\", \"configuration\": {}, \"secret\": \"secret\" }");
        switch (kind)
        {
            case "pipe": (await ChildProcess.RunAsync("mkfifo", path)).Expect(0); break;
            case "directory": Directory.CreateDirectory(path); break;
            case "link": File.CreateSymbolicLink(path, secret); break;
            case "link to nothing": File.CreateSymbolicLink(path, "/nothing/there"); break;
            case "link to a pipe":
                (await ChildProcess.RunAsync("mkfifo", _files["pipe"])).Expect(0);
                File.CreateSymbolicLink(path, _files["pipe"]);
                break;
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    socket.Bind(new UnixDomainSocketEndPoint(_files["socket"]));
                    File.Move(_files["socket"], path); // disposing deletes only the name that was bound
                }

                break;
            default: await File.WriteAllBytesAsync(path, Encoding.UTF8.GetBytes("{ \"secret")); break;
        }
    }
}
