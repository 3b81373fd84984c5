using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Journal;

/// <summary>
/// The files of one run in its directory: <c>run.json</c> at once, a line of <c>samples.jsonl</c> on disk at the end of each
/// interval, <c>result.json</c> at the end. Methods throw what file operations throw; for one thread at a time.
/// </summary>
internal sealed class RunJournal : IDisposable
{
    public const string HeaderFile = "run.json";
    public const string SamplesFile = "samples.jsonl";
    public const string ResultFile = "result.json";

    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private readonly FileStream _samples;
    private RunHeader _header;
    private bool _torn;

    private RunJournal(string directory, RunHeader header, FileStream samples) => (Directory, _header, _samples) = (directory, header, samples);

    /// <summary>Where the files are.</summary>
    public string Directory { get; }

    /// <summary>Takes a directory for a run: created if it is not there; files of a former run in it are replaced.</summary>
    public static RunJournal Create(string directory, RunHeader header)
    {
        System.IO.Directory.CreateDirectory(directory);

        // A result of the run before must not be taken for this one's if this one never gets to write its own.
        File.Delete(Path.Combine(directory, ResultFile));
        AtomicFile.Write(Path.Combine(directory, HeaderFile), header.ToJson());

        // Not buffered: what is added is handed to the kernel whole, and a disk that is full is noticed by the line that did not fit.
        var samples = new FileStream(Path.Combine(directory, SamplesFile), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return new RunJournal(directory, header, samples);
    }

    /// <summary>Notes when and against whom the run began.</summary>
    public void Start(RunProtocol.RunStarted started) =>
        Rewrite(_header with { StartedAt = started.At, Target = started.Target, Transport = started.Transport });

    /// <summary>Adds a finished interval.</summary>
    public void Add(RunSnapshot snapshot)
    {
        // After a write that failed half a line may stand there; it must not swallow this one.
        byte[] line = [.. _torn ? NewLine : [], .. Encoding.UTF8.GetBytes(RunResultJson.Serialize(snapshot)), .. NewLine];
        _torn = true;
        _samples.Write(line);
        _samples.Flush(flushToDisk: true);
        _torn = false;
    }

    /// <summary>Writes the result, or why there is none.</summary>
    public void End(RunProtocol.RunEnded ended)
    {
        if (ended.Result is { } result)
        {
            AtomicFile.Write(Path.Combine(Directory, ResultFile), Encoding.UTF8.GetBytes(RunResultJson.Serialize(result)));
        }
        else
        {
            Rewrite(_header with { Error = ended.Error ?? "unknown" });
        }
    }

    public void Dispose() => _samples.Dispose();

    private void Rewrite(RunHeader header)
    {
        _header = header;
        AtomicFile.Write(Path.Combine(Directory, HeaderFile), header.ToJson());
    }
}
