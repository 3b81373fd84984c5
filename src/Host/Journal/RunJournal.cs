using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Journal;

/// <summary>
/// The files of one run in its directory: <c>run.json</c> at once, lines of <c>samples.jsonl</c> and <c>histograms.hlog</c> after each
/// interval, <c>result.json</c> at the end. Methods throw what file operations throw; call them from any thread.
/// </summary>
internal sealed class RunJournal : IDisposable
{
    public const string HeaderFile = "run.json";
    public const string SamplesFile = "samples.jsonl";
    public const string HistogramsFile = "histograms.hlog";
    public const string ResultFile = "result.json";

    /// <summary>One of <see cref="DerivedFiles"/>.</summary>
    public const string ReportFile = "report.html";

    private readonly Lock _gate = new();
    private readonly LineFile _samples;
    private readonly LineFile _histograms;
    private RunHeader _header;
    private bool _isBegun;
    private bool _hasResult;

    private RunJournal(string directory, RunHeader header, LineFile samples, LineFile histograms) =>
        (Directory, _header, _samples, _histograms) = (directory, header, samples, histograms);

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
        DerivedFiles.Delete(directory);

        LineFile? samples = null;
        LineFile? histograms = null;
        try
        {
            samples = LineFile.Create(Path.Combine(directory, SamplesFile));
            histograms = LineFile.Create(Path.Combine(directory, HistogramsFile));
            AtomicFile.Write(file, header.ToJson());
            return new RunJournal(directory, header, samples, histograms);
        }
        catch
        {
            histograms?.Dispose();
            samples?.Dispose();
            throw;
        }
    }

    /// <summary>Notes the start and the target.</summary>
    public void Start(RunProtocol.RunStarted started) =>
        Rewrite(_header with { StartedAt = started.At, Target = started.Target, Transport = started.Transport });

    /// <summary>Adds a finished interval: its sample first. A process that is killed between the two leaves no histograms of it.</summary>
    public void Add(RunSnapshot snapshot)
    {
        lock (_gate)
        {
            try
            {
                _samples.Add(Encoding.UTF8.GetBytes(RunResultJson.Serialize(snapshot) + "\n"));
            }
            finally
            {
                AddHistograms(snapshot.Times);
            }
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

    public void Dispose()
    {
        _samples.Dispose();
        _histograms.Dispose();
    }

    private void AddHistograms(IntervalTimes? times)
    {
        var lines = (_isBegun ? "" : HistogramLog.Preamble(_header)) + (times is null ? "" : HistogramLog.Lines(times));
        if (lines.Length > 0)
        {
            _histograms.Add(Encoding.UTF8.GetBytes(lines));
            _isBegun = true;
        }
    }

    private void Rewrite(RunHeader header)
    {
        _header = header;
        AtomicFile.Write(Path.Combine(Directory, HeaderFile), header.ToJson());
    }
}
