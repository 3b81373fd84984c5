using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary>The runs on disk, a directory each; one daemon at a time owns it. Foreign files in it are ignored.</summary>
internal sealed class ResultsDirectory : IDisposable
{
    private const string LockFile = ".lock";
    private const string ProbeFile = ".probe";
    private const string Deleted = ".deleted-";

    // Marks the directory of a run that ended but could not be saved. An empty file often fits on a full disk.
    private const string UnsavedFile = "unsaved";

    // More than a run needs at its beginning. Larger files are foreign.
    private const int ProbeBytes = 64 << 10;
    private const long LongestResult = 256 << 20;

    private const int MostAssembled = 8;

    private const string Unreadable = "its files cannot be read";

    private readonly string _root;
    private readonly FileStream _lock;

    // Runs with a result, whose files do not change any more.
    private readonly ConcurrentDictionary<string, RunRow> _rows = new();

    private readonly ConcurrentDictionary<string, ((long Length, DateTime WrittenAt, string? Error) State, byte[] Json)> _assembled = new();

    private ResultsDirectory(string root, FileStream heldLock) => (_root, _lock) = (root, heldLock);

    /// <summary>Runs that ended while the disk was full.</summary>
    public UnsavedRuns Unsaved { get; } = new();

    /// <summary>Opens the directory; creates it if necessary. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>
    /// if it cannot be written or another daemon has it.</summary>
    public static ResultsDirectory Open(string path)
    {
        var root = Path.GetFullPath(path);
        OwnerOnly.CreateDirectory(root);
        var held = OwnerOnly.Open(Path.Combine(root, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        foreach (var half in Directory.EnumerateDirectories(root, $"{Deleted}*"))
        {
            Directory.Delete(half, recursive: true); // an earlier daemon ended meanwhile
        }

        return new ResultsDirectory(root, held);
    }

    /// <summary>The directory of a run; only for ids that pass <see cref="RunIds.IsValid"/>.</summary>
    public string PathOf(string id) => RunIds.IsValid(id)
        ? Path.Combine(_root, id)
        : throw new ArgumentException("not a run id", nameof(id));

    /// <summary>True if a new file can be written there now. Only new bytes show whether the disk is full.</summary>
    public bool IsWritable()
    {
        var probe = Path.Combine(_root, ProbeFile);
        try
        {
            File.Delete(probe);
            try
            {
                using var stream = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
                stream.Write(RandomNumberGenerator.GetBytes(ProbeBytes));
                stream.Flush(flushToDisk: true);
            }
            finally
            {
                File.Delete(probe); // half a file takes space, too
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The ids of all runs on disk, in their order.</summary>
    public IEnumerable<string> Ids() =>
        Directory.EnumerateDirectories(_root).Select(Path.GetFileName).OfType<string>().Where(RunIds.IsValid).Order(StringComparer.Ordinal);

    /// <summary>Every run on disk.</summary>
    public IEnumerable<RunRow> Rows() => Ids().Select(Find).OfType<RunRow>();

    /// <summary>The files of a run, without those that are being written. Some may be none of ours.</summary>
    public IEnumerable<string> FilesOf(string id) =>
        Directory.EnumerateFiles(PathOf(id)).Where(file => !AtomicFile.IsTemporary(file)).Order(StringComparer.Ordinal);

    /// <summary>Deletes an ended run; false if there is none. Throws what file operations throw.</summary>
    public bool Delete(string id)
    {
        if (Find(id) is null)
        {
            return false;
        }

        // Renamed first: whatever happens then, no half of a run is listed.
        var gone = Path.Combine(_root, Deleted + id);
        Directory.Move(PathOf(id), gone);
        Unsaved.Forget(id);
        _rows.TryRemove(id, out _);
        _assembled.TryRemove(id, out _);
        Directory.Delete(gone, recursive: true);
        return true;
    }

    /// <summary>The row of an ended run; null for an unknown name.</summary>
    public RunRow? Find(string id)
    {
        if (!RunIds.IsValid(id) || !Directory.Exists(PathOf(id)))
        {
            return null;
        }

        return Unsaved.Find(id)?.Row ?? _rows.GetValueOrDefault(id) ?? Read(id);
    }

    /// <summary>The result of an ended run as JSON: its own, or one from its journal. Throws what file operations throw, and
    /// <see cref="JsonException"/>.</summary>
    public Stream Result(string id, CancellationToken stop)
    {
        if (Unsaved.Find(id)?.Result is { } kept)
        {
            return new MemoryStream(kept);
        }

        var result = Path.Combine(PathOf(id), RunJournal.ResultFile);
        return StoredFile.Exists(result) ? StoredFile.Open(result, LongestResult) : new MemoryStream(Assemble(id, stop));
    }

    /// <summary>The result of an interrupted run. Its journal may be long, so the last few results are kept.</summary>
    private byte[] Assemble(string id, CancellationToken stop)
    {
        var header = ReadHeader(id);
        var journal = new FileInfo(Path.Combine(PathOf(id), RunJournal.SamplesFile));
        var state = (journal.Exists ? journal.Length : 0, journal.LastWriteTimeUtc, header.Error);
        if (_assembled.TryGetValue(id, out var known) && known.State == state)
        {
            return known.Json;
        }

        var json = Encoding.UTF8.GetBytes(RunResultJson.Serialize(InterruptedRun.Read(PathOf(id), header, stop)));
        if (_assembled.Count >= MostAssembled)
        {
            _assembled.Clear();
        }

        _assembled[id] = (state, json);
        return json;
    }

    /// <summary>True if the end of a run is on disk: its result, or the reason why it has none.</summary>
    public bool HasEnd(string id, bool withResult) =>
        withResult ? StoredFile.Exists(Path.Combine(PathOf(id), RunJournal.ResultFile)) : ReadHeader(id).Error is not null;

    /// <summary>Keeps an unsaved end of a run in memory, and marks the run's directory.</summary>
    public void Keep(UnsavedRun run)
    {
        Unsaved.Keep(run);
        try
        {
            File.Create(Path.Combine(PathOf(run.Row.Id), UnsavedFile)).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then the run counts as interrupted if this daemon ends before it is saved.
        }
    }

    /// <summary>Writes an end that was given to <see cref="Keep"/>; throws what file operations throw.</summary>
    public void Save(string id)
    {
        if (Unsaved.Find(id) is not { } run)
        {
            return;
        }

        var directory = PathOf(id);
        if (run.Result is { } result)
        {
            AtomicFile.Write(Path.Combine(directory, RunJournal.ResultFile), result);
        }
        else
        {
            AtomicFile.Write(Path.Combine(directory, RunJournal.HeaderFile), (ReadHeader(id) with { Error = run.Row.Error }).ToJson());
        }

        File.Delete(Path.Combine(directory, UnsavedFile));
        Unsaved.Forget(id);
    }

    /// <summary>Removes the directory of a refused run, if it was made.</summary>
    public void Remove(string id)
    {
        if (Directory.Exists(PathOf(id)))
        {
            Directory.Delete(PathOf(id), recursive: true);
        }
    }

    public void Dispose() => _lock.Dispose();

    private RunHeader ReadHeader(string id)
    {
        var header = RunHeader.Parse(StoredFile.ReadAll(Path.Combine(PathOf(id), RunJournal.HeaderFile), InterruptedRun.LongestHeader));
        return header.Error is not null ? header
            : Unsaved.Find(id) is { } unsaved ? header with { Error = unsaved.Row.Error }
            : File.Exists(Path.Combine(PathOf(id), UnsavedFile)) ? header with { Error = UnsavedRun.Lost }
            : header;
    }

    private RunRow Read(string id)
    {
        try
        {
            var directory = PathOf(id);
            var header = ReadHeader(id);
            var file = Path.Combine(directory, RunJournal.ResultFile);
            if (StoredFile.Exists(file))
            {
                using var result = JsonDocument.Parse(StoredFile.ReadAll(file, LongestResult));
                var verdict = result.RootElement.GetProperty("verdict").GetString();
                return _rows[id] = new RunRow(
                    id, verdict == "interrupted" ? RunState.Interrupted : RunState.Finished, verdict, header.QueuedAt, header.StartedAt,
                    null)
                {
                    Target = Target(header),
                    Planned = Count(result, "planned"),
                    Succeeded = Count(result, "succeeded"),
                };
            }

            var row = header.Error is null or UnsavedRun.Lost || StopReason.Is(header.Error)
                ? new RunRow(id, RunState.Interrupted, "interrupted", header.QueuedAt, header.StartedAt, header.Error)
                : new RunRow(id, RunState.Failed, null, header.QueuedAt, header.StartedAt, header.Error);
            return row with { Target = Target(header) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException
            or KeyNotFoundException or InvalidOperationException)
        {
            return Failed(id);
        }
    }

    private static string? Target(RunHeader header) => header.Target is { } target ? string.Join(", ", target.Endpoints) : null;

    private static long? Count(JsonDocument result, string name) =>
        result.RootElement.TryGetProperty("connections", out var counts) && counts.TryGetProperty(name, out var count)
        && count.TryGetInt64(out var number) ? number : null;

    /// <summary>The row of a run with unreadable files.</summary>
    public static RunRow Failed(string id) => new(id, RunState.Failed, null, null, null, Unreadable);
}
