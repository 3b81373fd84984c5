using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Journal;

/// <summary>
/// The files of one run in its directory: <c>run.json</c> at once, a line of <c>samples.jsonl</c> after each interval,
/// <c>result.json</c> at the end. Methods throw what file operations throw; call them from any thread.
/// </summary>
internal sealed class RunJournal : IDisposable
{
    public const string HeaderFile = "run.json";
    public const string SamplesFile = "samples.jsonl";
    public const string ResultFile = "result.json";

    /// <summary>Made of the others after the run. A journal only takes the one of an earlier run away.</summary>
    public const string ReportFile = "report.html";

    private static readonly byte[] NewLine = "\n"u8.ToArray();

    private readonly Lock _gate = new();
    private readonly FileStream _samples;
    private RunHeader _header;
    private bool _torn;
    private bool _hasResult;

    private RunJournal(string directory, RunHeader header, FileStream samples) =>
        (Directory, _header, _samples) = (directory, header, samples);

    /// <summary>The directory of the files.</summary>
    public string Directory { get; }

    /// <summary>Opens the journal of a run; creates the directory if necessary, and replaces the files of an earlier run.</summary>
    /// <remarks>In this order, a killed process never leaves a sample or result of the earlier run beside the new header.</remarks>
    public static RunJournal Create(string directory, RunHeader header)
    {
        OwnerOnly.CreateDirectory(directory);
        var file = Path.Combine(directory, HeaderFile);
        var result = Path.Combine(directory, ResultFile);
        File.Delete(result);
        File.Delete(AtomicFile.TemporaryOf(result));
        File.Delete(Path.Combine(directory, ReportFile));

        // Unbuffered: each line goes to the kernel whole, and the line that did not fit reports a full disk.
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

    /// <summary>Notes the start and the target.</summary>
    public void Start(RunProtocol.RunStarted started) =>
        Rewrite(_header with { StartedAt = started.At, Target = started.Target, Transport = started.Transport });

    /// <summary>Adds a finished interval.</summary>
    public void Add(RunSnapshot snapshot)
    {
        lock (_gate)
        {
            // After a failed write, half a line may stand there. It must not swallow this one.
            byte[] line = [.. _torn ? NewLine : [], .. Encoding.UTF8.GetBytes(RunResultJson.Serialize(snapshot)), .. NewLine];
            _torn = true;
            _samples.Write(line);
            _samples.Flush(flushToDisk: true);
            _torn = false;
        }
    }

    /// <summary>Writes the result, or why there is none. A written result stays; later ones are not written.</summary>
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
