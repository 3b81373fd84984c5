using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Journal;

/// <summary>
/// The files of one run in its directory: <c>run.json</c> at once, a line of <c>samples.jsonl</c> on disk at the end of each
/// interval, <c>result.json</c> at the end. Methods throw what file operations throw; from any thread.
/// </summary>
internal sealed class RunJournal : IDisposable
{
    public const string HeaderFile = "run.json";
    public const string SamplesFile = "samples.jsonl";
    public const string ResultFile = "result.json";

    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private readonly Lock _gate = new();
    private readonly FileStream _samples;
    private RunHeader _header;
    private bool _torn;
    private bool _hasResult;

    private RunJournal(string directory, RunHeader header, FileStream samples) => (Directory, _header, _samples) = (directory, header, samples);

    /// <summary>Where the files are.</summary>
    public string Directory { get; }

    /// <summary>Takes a directory for a run: created if it is not there; files of a former run in it are replaced.</summary>
    /// <remarks>In this order: whenever the process is killed, no sample or result of the former run stands beside the header of this one.</remarks>
    public static RunJournal Create(string directory, RunHeader header)
    {
        OwnerOnly.CreateDirectory(directory);
        var file = Path.Combine(directory, HeaderFile);
        var result = Path.Combine(directory, ResultFile);
        File.Delete(result);
        File.Delete(AtomicFile.TemporaryOf(result));

        // Not buffered: what is added is handed to the kernel whole, and a disk that is full is noticed by the line that did not fit.
        var samples = OwnerOnly.CreateFile(Path.Combine(directory, SamplesFile));
        try
        {
            AtomicFile.Write(file, header.ToJson());
            return new RunJournal(directory, header, samples);
        }
        catch
        {
            samples.Dispose();
            throw;
        }
    }

    /// <summary>Notes when and against whom the run began.</summary>
    public void Start(RunProtocol.RunStarted started) =>
        Rewrite(_header with { StartedAt = started.At, Target = started.Target, Transport = started.Transport });

    /// <summary>Adds a finished interval.</summary>
    public void Add(RunSnapshot snapshot)
    {
        lock (_gate)
        {
            // After a write that failed half a line may stand there; it must not swallow this one.
            byte[] line = [.. _torn ? NewLine : [], .. Encoding.UTF8.GetBytes(RunResultJson.Serialize(snapshot)), .. NewLine];
            _torn = true;
            _samples.Write(line);
            _samples.Flush(flushToDisk: true);
            _torn = false;
        }
    }

    /// <summary>Writes the result, or why there is none. A result that is written stays: what comes later is not written.</summary>
    public void End(RunProtocol.RunEnded ended)
    {
        lock (_gate)
        {
            if (ended.Result is { } result && !_hasResult)
            {
                AtomicFile.Write(Path.Combine(Directory, ResultFile), Encoding.UTF8.GetBytes(RunResultJson.Serialize(result)));
                _hasResult = true;
            }
            else if (!_hasResult)
            {
                Rewrite(_header with { Error = ended.Error ?? "unknown" });
            }
        }
    }

    public void Dispose() => _samples.Dispose();

    private void Rewrite(RunHeader header)
    {
        _header = header;
        AtomicFile.Write(Path.Combine(Directory, HeaderFile), header.ToJson());
    }
}
