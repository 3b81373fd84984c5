using System.Collections.Concurrent;
using System.Text.Json;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary>The runs on disk, a directory each; one daemon at a time owns it. What else lies there is not touched and does no harm.</summary>
internal sealed class ResultsDirectory : IDisposable
{
    private const string LockFile = ".lock";

    private readonly string _root;
    private readonly FileStream _lock;

    // Runs with a result: their files do not change any more.
    private readonly ConcurrentDictionary<string, RunRow> _rows = new();

    private ResultsDirectory(string root, FileStream heldLock) => (_root, _lock) = (root, heldLock);

    /// <summary>Takes the directory, creating it; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> if it
    /// cannot be written or another daemon has it.</summary>
    public static ResultsDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        OwnerOnly.CreateDirectory(root);
        return new ResultsDirectory(
            root, OwnerOnly.Open(Path.Combine(root, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>Where the files of a run belong; only for ids that <see cref="RunIds.IsValid"/> takes.</summary>
    public string PathOf(string id) => RunIds.IsValid(id)
        ? Path.Combine(_root, id)
        : throw new ArgumentException("not a run id", nameof(id));

    /// <summary>True if a file can be written there now.</summary>
    public bool IsWritable()
    {
        try
        {
            _lock.Seek(0, SeekOrigin.Begin);
            _lock.WriteByte((byte)'.');
            _lock.Flush(flushToDisk: true);
            return Directory.Exists(_root);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Every run that is on disk.</summary>
    public IEnumerable<RunRow> Rows() =>
        Directory.EnumerateDirectories(_root).Select(Path.GetFileName).OfType<string>().Select(Find).OfType<RunRow>();

    /// <summary>The row of a run that is over; null if there is none of that name.</summary>
    public RunRow? Find(string id)
    {
        if (!RunIds.IsValid(id) || !Directory.Exists(PathOf(id)))
        {
            return null;
        }

        if (_rows.TryGetValue(id, out var known))
        {
            return known;
        }

        var row = Read(id);
        if (row.State == RunState.Finished)
        {
            _rows[id] = row;
        }

        return row;
    }

    /// <summary>The result of a run that is over, as JSON: its own, or what its journal holds.</summary>
    public string Result(string id)
    {
        var directory = PathOf(id);
        var result = Path.Combine(directory, RunJournal.ResultFile);
        if (File.Exists(result))
        {
            return File.ReadAllText(result);
        }

        var (last, samples) = InterruptedRun.ReadSamples(directory);
        return RunResultJson.Serialize(InterruptedRun.Assemble(ReadHeader(directory), last, samples));
    }

    /// <summary>Takes a directory away that was made for a run that was not taken.</summary>
    public void Remove(string id) => Directory.Delete(PathOf(id), recursive: true);

    public void Dispose() => _lock.Dispose();

    private static RunHeader ReadHeader(string directory) => RunHeader.Parse(File.ReadAllBytes(Path.Combine(directory, RunJournal.HeaderFile)));

    private RunRow Read(string id)
    {
        try
        {
            var directory = PathOf(id);
            var header = ReadHeader(directory);
            var file = Path.Combine(directory, RunJournal.ResultFile);
            if (File.Exists(file))
            {
                using var result = JsonDocument.Parse(File.ReadAllBytes(file));
                var verdict = result.RootElement.GetProperty("verdict").GetString();
                return new RunRow(
                    id, verdict == "interrupted" ? RunState.Interrupted : RunState.Finished, verdict, header.QueuedAt, header.StartedAt, null);
            }

            return header.Error is null || StopReason.Is(header.Error)
                ? new RunRow(id, RunState.Interrupted, "interrupted", header.QueuedAt, header.StartedAt, header.Error)
                : new RunRow(id, RunState.Failed, null, header.QueuedAt, header.StartedAt, header.Error);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException
            or KeyNotFoundException or InvalidOperationException)
        {
            return new RunRow(id, RunState.Failed, null, null, null, "its files cannot be read");
        }
    }
}
