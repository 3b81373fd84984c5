using System.Diagnostics.Metrics;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Exporters;

/// <summary>The meter <c>ActorLoad</c>. Its counters and histograms count over the life of the process, its gauges tell the run that is on,
/// or was the last. Each <see cref="RunMeter"/> feeds it from the snapshots of one run.</summary>
internal sealed class LoadMeter : IDisposable
{
    public const string Name = "ActorLoad";

    private const int MostWords = 64;

    private readonly Meter _meter = NewMeter();
    private readonly Lock _lock = new();
    private readonly Counter<long> _runs;
    private readonly Histogram<double>[] _steps;
    private readonly Histogram<double>?[] _failedSteps;
    private Meter? _info;
    private volatile RunMeter? _run;

    public LoadMeter()
    {
        _runs = Counter(LoadMetric.Runs);
        (Planned, Opened, Dropped, Ended) =
            (Counter(LoadMetric.Planned), Counter(LoadMetric.Opened), Counter(LoadMetric.Dropped), Counter(LoadMetric.Ended));
        (Attempts, Retries) = (Counter(LoadMetric.Attempts), Counter(LoadMetric.Retries));
        Established = Counter(LoadMetric.EstablishedAttempts);
        (FailedAttempts, RejectedAttempts) = (Counter(LoadMetric.FailedAttempts), Counter(LoadMetric.RejectedAttempts));
        (Handshakes, Closes) = (Counter(LoadMetric.Handshakes), Counter(LoadMetric.Closes));
        Reused = _meter.CreateUpDownCounter<long>(LoadMetric.Reused.Name, LoadMetric.Reused.Unit, LoadMetric.Reused.Description);
        Observe(LoadMetric.Open, last => last.Open);
        Observe(LoadMetric.Established, last => last.Connected);
        Observe(LoadMetric.Waiting, last => last.Waiting);
        _meter.CreateObservableUpDownCounter(
            LoadMetric.ActiveRuns.Name, () => _run is { IsActive: true } ? 1L : 0, LoadMetric.ActiveRuns.Unit,
            LoadMetric.ActiveRuns.Description);
        Observe(LoadMetric.Progress, last => last.Progress.Fraction);
        Observe(LoadMetric.CpuOfConnection, last => last.Generator.CpuMicrosPerConnection / 1e6);
        Observe(LoadMetric.PeakMemory, last => (double)last.Generator.PeakRssBytes);
        Observe(LoadMetric.CollectorPause, last => last.Generator.GcPauseMillis / 1e3);
        _steps = [.. Steps.All.Select(step => Histogram(LoadMetric.OfStep(step, isOfFailures: false)))];
        _failedSteps = [.. Steps.All.Select(step =>
            LoadMetric.HasFailures(step) ? Histogram(LoadMetric.OfStep(step, isOfFailures: true)) : null)];
    }

    public Counter<long> Planned { get; }

    public Counter<long> Opened { get; }

    public Counter<long> Dropped { get; }

    public Counter<long> Ended { get; }

    public Counter<long> Attempts { get; }

    public Counter<long> Retries { get; }

    public Counter<long> Established { get; }

    public Counter<long> FailedAttempts { get; }

    public Counter<long> RejectedAttempts { get; }

    public Counter<long> Handshakes { get; }

    public Counter<long> Closes { get; }

    public UpDownCounter<long> Reused { get; }

    /// <summary>Bounds the names of fleets.</summary>
    public BoundedWords Fleets { get; } = new(MostWords);

    /// <summary>Bounds the first words of error replies.</summary>
    public BoundedWords Prefixes { get; } = new(MostWords);

    /// <summary>The feed of one run.</summary>
    public RunMeter Follow(string runId) => new(this, runId);

    /// <summary>A run begins: from now on the gauges tell this one.</summary>
    public void Begin(RunMeter run)
    {
        lock (_lock)
        {
            // A meter of its own: an exporter keeps each combination of values as long as their meter lives, and each run has a new id.
            _info?.Dispose();
            _info = NewMeter();
            _run = run;
            _info.CreateObservableGauge(
                LoadMetric.RunInfo.Name, () => new Measurement<long>(1, run.Tags()), LoadMetric.RunInfo.Unit,
                LoadMetric.RunInfo.Description);
        }
    }

    /// <summary>A run has ended with this verdict; null without a result.</summary>
    public void End(Verdict? verdict) => _runs.Add(1, new KeyValuePair<string, object?>(LoadMetric.VerdictOf, verdict?.Word() ?? "none"));

    /// <summary>Counts a duration so many times.</summary>
    /// <remarks>The interface knows no weights. Without attributes one call takes some 50 ns.</remarks>
    public void Record(Step step, bool isOfFailures, double seconds, long count)
    {
        if ((isOfFailures ? _failedSteps : _steps)[(int)step] is { Enabled: true } histogram)
        {
            for (var left = count; left > 0; left--)
            {
                histogram.Record(seconds);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _info?.Dispose();
            _meter.Dispose();
        }
    }

    private static Meter NewMeter() => new(Name, typeof(LoadMeter).Assembly.GetName().Version?.ToString(3));

    private Counter<long> Counter(LoadMetric metric) => _meter.CreateCounter<long>(metric.Name, metric.Unit, metric.Description);

    private Histogram<double> Histogram(LoadMetric metric) => _meter.CreateHistogram<double>(metric.Name, metric.Unit, metric.Description);

    private void Observe(LoadMetric metric, Func<RunSnapshot, long> read) => _meter.CreateObservableUpDownCounter(
        metric.Name, () => Last(last => new Measurement<long>(read(last))), metric.Unit, metric.Description);

    private void Observe(LoadMetric metric, Func<RunSnapshot, double> read) => _meter.CreateObservableGauge(
        metric.Name, () => Last(last => new Measurement<double>(read(last))), metric.Unit, metric.Description);

    private IEnumerable<Measurement<T>> Last<T>(Func<RunSnapshot, Measurement<T>> read)
        where T : struct => _run?.Last is { } last ? [read(last)] : [];
}
