using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Exporters;

/// <summary>Feeds the meter from one run. The run's follower calls it; exporters read <see cref="Last"/> from other threads.</summary>
internal sealed class RunMeter
{
    private readonly LoadMeter _meter;
    private readonly string _runId;
    private readonly LatencyHistogram _histogram = new();
    private readonly RunCounter _planned;
    private readonly RunCounter _opened;
    private readonly RunCounter _reused;
    private readonly RunCounter _dropped;
    private readonly RunCounter _ended;
    private readonly RunCounter _attempts;
    private readonly RunCounter _retries;
    private readonly RunCounter _established;
    private readonly RunCounter _failedAttempts;
    private readonly RunCounter _rejected;
    private readonly RunCounter _handshakes;
    private readonly RunCounter _closes;
    private volatile RunSnapshot? _last;
    private volatile bool _isActive;

    public RunMeter(LoadMeter meter, string runId)
    {
        (_meter, _runId) = (meter, runId);
        var fleets = meter.Fleets;
        _planned = RunCounter.Of(meter.Planned, fleets);
        _opened = RunCounter.Of(meter.Opened, fleets);
        _reused = RunCounter.Of(meter.Reused, fleets);
        _dropped = RunCounter.Of(meter.Dropped, fleets);
        _ended = RunCounter.Of(meter.Ended, fleets, LoadMetric.OutcomeOf);
        _attempts = RunCounter.Of(meter.Attempts, fleets);
        _retries = RunCounter.Of(meter.Retries, fleets);
        _established = RunCounter.Of(meter.Established, fleets);
        _failedAttempts = RunCounter.Of(meter.FailedAttempts, fleets, LoadMetric.OutcomeOf);
        _rejected = RunCounter.Of(meter.RejectedAttempts, fleets, LoadMetric.PrefixOf, meter.Prefixes);
        _handshakes = RunCounter.Of(meter.Handshakes, fleets, LoadMetric.ResumedOf);
        _closes = RunCounter.Of(meter.Closes, fleets, LoadMetric.CloseEndOf);
    }

    /// <summary>The newest snapshot; null before the first interval ends.</summary>
    public RunSnapshot? Last => _last;

    /// <summary>True from the start of the run to its end.</summary>
    public bool IsActive => _isActive;

    /// <summary>The attributes of <see cref="LoadMetric.RunInfo"/>.</summary>
    public KeyValuePair<string, object?>[] Tags() =>
    [
        new(LoadMetric.RunIdOf, _runId),
        new(LoadMetric.PhaseOf, _last?.Progress.Phase ?? ""),
        new(LoadMetric.ShapeOf, _last?.Progress.Shape ?? ""),
    ];

    public void Started()
    {
        _isActive = true;
        _meter.Begin(this);
    }

    public void Measured(RunSnapshot snapshot)
    {
        _last = snapshot;
        if (snapshot.Fleets.Count == 0)
        {
            Follow(null, snapshot);
        }

        foreach (var fleet in snapshot.Fleets)
        {
            Follow(fleet.Name, fleet);
        }

        foreach (var step in snapshot.Times?.Steps ?? [])
        {
            Replay(step);
        }
    }

    public void Ended(RunProtocol.RunEnded ended)
    {
        _isActive = false;
        if (ended.Result is { Fleets: [] } result)
        {
            Follow(null, result.Connections, result.Outcomes); // connections that did not end count as cancelled
        }

        foreach (var fleet in ended.Result?.Fleets ?? [])
        {
            Follow(fleet.Name, fleet);
        }

        _meter.End(ended.Result?.Verdict);
    }

    private void Follow(string? fleet, ICounts counts)
    {
        Follow(fleet, counts.Connections, counts.Outcomes);
        _attempts.Follow(fleet, counts.Attempts);
        _retries.Follow(fleet, counts.Retries);
        _established.Follow(fleet, counts.Established);
        _failedAttempts.Follow(fleet, counts.AttemptFailures);
        _rejected.Follow(fleet, counts.Rejections);
        _closes.Follow(fleet, counts.Closes ?? new Dictionary<string, long>());
        if (counts.Tls is { } tls)
        {
            _handshakes.Follow(fleet, [new("false", tls.Full), new("true", tls.Resumed)]);
        }
    }

    private void Follow(string? fleet, ConnectionCounts connections, IReadOnlyDictionary<string, long> outcomes)
    {
        _planned.Follow(fleet, connections.Planned);
        _opened.Follow(fleet, connections.Opened);
        _dropped.Follow(fleet, connections.Dropped);
        _ended.Follow(fleet, Outcomes.All.Select(outcome =>
            KeyValuePair.Create(outcome.Name(), outcomes.GetValueOrDefault(outcome.Name()))));
        if (connections.Reused is { } reused)
        {
            _reused.Follow(fleet, reused);
        }
    }

    private void Replay(StepTimes times)
    {
        HistogramCodec.AddTo(_histogram, times.Encoded);
        _histogram.ForEach((lowest, count) =>
            _meter.Record(times.Step, times.IsOfFailures, _histogram.MedianEquivalentValue(lowest) / 1e6, count));
        _histogram.Reset();
    }
}
