using System.Text;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>The histograms of a run, as it wrote them after each interval: of a finished run, of one that was killed, and of one that goes
/// on. Reads the file anew each time, in the memory of one line.</summary>
/// <param name="directory">The directory of the run.</param>
/// <param name="runId">The run.</param>
internal sealed class StoredHistograms(string directory, string runId)
{
    private const string Remedy = "name the directory that --out wrote, or run it again";

    private readonly string _file = Path.Combine(directory, RunJournal.HistogramsFile);

    /// <summary>Why the run has no histograms, in a sentence; null if it has.</summary>
    public string? Missing => StoredFile.Exists(_file) ? null
        : $"{directory} has no {RunJournal.HistogramsFile}: an older version of ActorLoad wrote these results";

    /// <summary>Torn or damaged lines that the last reading skipped: the one that a killed process was writing, or that did not fit on a
    /// full disk.</summary>
    public int Skipped { get; private set; }

    /// <summary>Each step of each interval, in the order of time; none if there is no file. Throws <see cref="SettingsException"/> that
    /// names the file if it is not of this run.</summary>
    public IEnumerable<IntervalHistogram> Intervals(CancellationToken stop = default)
    {
        var histogram = new LatencyHistogram();
        foreach (var (number, step, line) in Lines(stop))
        {
            histogram.Reset();
            Add(number, line, histogram);
            yield return new IntervalHistogram(step, line.From, line.From + line.Seconds, histogram);
        }
    }

    /// <summary>The whole run: all intervals of each step merged, in the order of a connection's life. Throws as
    /// <see cref="Intervals"/>.</summary>
    public IReadOnlyDictionary<MeasuredStep, LatencyHistogram> Merge(CancellationToken stop = default)
    {
        var merged = new Dictionary<MeasuredStep, LatencyHistogram>();
        foreach (var (number, step, line) in Lines(stop))
        {
            if (!merged.TryGetValue(step, out var whole))
            {
                merged.Add(step, whole = new LatencyHistogram());
            }

            Add(number, line, whole);
        }

        return new OrderedDictionary<MeasuredStep, LatencyHistogram>(
            merged.OrderBy(step => step.Key.IsOfFailures).ThenBy(step => step.Key.Step));
    }

    private IEnumerable<(int Number, MeasuredStep Step, HistogramLine Line)> Lines(CancellationToken stop)
    {
        Skipped = 0;
        if (Missing is not null)
        {
            yield break;
        }

        var isLog = false;
        var number = 0;
        using var stream = Open();
        foreach (var line in JournalLines.Of(stream))
        {
            stop.ThrowIfCancellationRequested();
            number++;
            if (line.Span is [] or [(byte)'#' or (byte)'"', ..])
            {
                isLog |= IsVersion(line.Span, number);
                continue;
            }

            if (!isLog)
            {
                throw Foreign(number, "is not a log of histograms: it does not begin as one");
            }

            if (HistogramLog.Parse(line.Span) is not { } parts)
            {
                Skipped++;
                continue;
            }

            yield return (number, StepOf(parts, number), parts);
        }
    }

    private FileStream Open()
    {
        try
        {
            return StoredFile.Open(_file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([new SettingsError(_file, null, "", $"cannot be read: {exception.Message}", Remedy)]);
        }
    }

    private bool IsVersion(ReadOnlySpan<byte> line, int number)
    {
        var text = Encoding.UTF8.GetString(line);
        if (text.StartsWith(HistogramLog.OfRun, StringComparison.Ordinal) && text.Contains(':', StringComparison.Ordinal)
            && !text.AsSpan(HistogramLog.OfRun.Length).StartsWith(runId + ":", StringComparison.Ordinal))
        {
            throw Foreign(number, $"is of another run than {RunJournal.HeaderFile}, which is of {runId}");
        }

        return text.StartsWith(HistogramLog.Version, StringComparison.Ordinal);
    }

    private MeasuredStep StepOf(HistogramLine line, int number) => MeasuredStep.Parse(line.Tag)
        ?? throw Foreign(number, $"has histograms of {ForeignText.Shown(line.Tag)}, which is not a step");

    private void Add(int number, HistogramLine line, LatencyHistogram histogram)
    {
        try
        {
            HistogramCodec.AddTo(histogram, line.Encoded);
        }
        catch (FormatException exception)
        {
            throw Foreign(number, $"holds a foreign histogram: {exception.Message}");
        }
    }

    private SettingsException Foreign(int line, string problem) => new([new SettingsError(_file, line, "", problem, Remedy)]);
}

/// <summary>One step in one interval.</summary>
/// <param name="Step">The step.</param>
/// <param name="From">Begin of the interval, in seconds from the start of the run.</param>
/// <param name="To">Its end.</param>
/// <param name="Histogram">Its times; valid until the next interval is read.</param>
internal sealed record IntervalHistogram(MeasuredStep Step, double From, double To, LatencyHistogram Histogram);
