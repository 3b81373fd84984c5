using Akka.Actor;
using Akka.Event;
using static ActorLoad.Metrics.MetricsProtocol;

namespace ActorLoad.Metrics;

/// <summary>Merges the counts of a run's lanes, sends subscribers the <see cref="RunSnapshot"/> of each interval, and has the totals at
/// the end.</summary>
/// <remarks>
/// Idle --BeginSample--> Collecting --every lane has reported--> Idle (snapshot published)
/// Idle or Collecting --Complete--> Completing --every lane has reported, or CompleteNow--> Done (Completed sent)
/// A report is merged whenever it comes: a late one shows in the next sample. At most <see cref="MaxSamples"/> samples
/// are kept. A longer run merges neighbours, so that each sample covers 2, 4, 8 ... intervals; published snapshots are not affected.
/// </remarks>
public sealed class MetricsActor : UntypedActor
{
    /// <summary>Most samples in <see cref="Completed"/>. Each keeps its histograms, some 10 KB, and a long run must not grow by
    /// them.</summary>
    public const int MaxSamples = 900;

    private const int Never = -1;

    /// <summary>How to start one; see the constructor.</summary>
    public static Props Props(string runId, int lanes, MeasuredParts parts, RunClock clock, IGeneratorMeter meter) =>
        Akka.Actor.Props.Create<MetricsActor>(runId, lanes, parts, clock, meter);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly string _runId;
    private readonly RunClock _clock;
    private readonly IGeneratorMeter _meter;
    private readonly HashSet<IActorRef> _subscribers = [];
    private readonly SampleLog _samples = new(MaxSamples);
    private readonly Tally _totals;
    private readonly Tally _interval;
    private readonly MeasuredParts _parts;
    private readonly Tally[] _fleets;
    private readonly EndpointTallies? _endpoints;
    private readonly PhaseLog? _phases;
    private readonly int[] _lastReport;
    private readonly long[] _peakOpen;

    private int _sample = Never;
    private bool _collecting;
    private double _sampleEnd;
    private double _sampleBegin;
    private RunProgress _progress = new("", 0, null, 0);
    private RunSnapshot? _latest;
    private IActorRef? _completeFor;
    private bool _isCutOff;
    private bool _isTimed;

    /// <summary>Measures a run with these parts and lanes numbered from 0, the same number for each fleet, fleet by fleet.</summary>
    public MetricsActor(string runId, int lanes, MeasuredParts parts, RunClock clock, IGeneratorMeter meter)
    {
        var (endpoints, phases, frequency) = (parts.Endpoints, parts.Phases, clock.Time.TimestampFrequency);
        _parts = parts;
        _fleets = parts.Fleets.Count > 1 ? [.. parts.Fleets.Select(_ => new Tally(frequency))] : [];
        _runId = runId;
        _clock = clock;
        _meter = meter;
        _totals = new Tally(frequency);
        _interval = new Tally(frequency);
        _endpoints = endpoints.Count > 1
            ? new EndpointTallies(clock.Time.TimestampFrequency, endpoints.Count) : null; // for a single endpoint the totals suffice
        _phases = phases.Count > 1 ? new PhaseLog(phases, frequency) : null; // likewise
        _lastReport = new int[lanes];
        _peakOpen = new long[lanes];
        Array.Fill(_lastReport, Never);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TallyReported report when IsLane(report.Lane): OnReport(report); break;
            case BeginSample begin when begin.Sample > _sample && _completeFor is null: OnBegin(begin.Sample, begin.Progress); break;
            case Complete complete when complete.Sample >= _sample: OnComplete(complete); break;
            case CompleteNow: OnCompleteNow(); break;
            case Subscribe subscribe: OnSubscribe(subscribe); break;
            case Terminated terminated: _subscribers.Remove(terminated.ActorRef); break;
            default: Unhandled(message); break;
        }
    }

    private bool IsLane(int lane) => lane >= 0 && lane < _lastReport.Length;

    private void OnReport(TallyReported report)
    {
        var fleet = report.Lane / (_lastReport.Length / _parts.Fleets.Count);
        var name = _parts.Fleets[fleet];
        foreach (var phase in report.Tallies)
        {
            foreach (var tally in phase.Endpoints)
            {
                _totals.Add(tally);
                _interval.Add(tally);
                _fleets.ElementAtOrDefault(fleet)?.Add(tally);
            }

            _endpoints?.Add(phase.Endpoints, name.Endpoints);
            _phases?.Add(phase, name.FirstPhase);
        }

        _peakOpen[report.Lane] = Math.Max(_peakOpen[report.Lane], report.PeakOpen);
        _lastReport[report.Lane] = Math.Max(_lastReport[report.Lane], report.Sample);
        PublishIfAllReported();
    }

    // Lanes peak together in a burst. If they do not, the sum is more than was ever open at once.
    private long PeakOpen => _peakOpen.Sum();

    private void OnBegin(int sample, RunProgress progress)
    {
        if (_collecting)
        {
            Publish();
        }

        BeginInterval(sample, progress);
        PublishIfAllReported();
    }

    private void BeginInterval(int sample, RunProgress progress)
    {
        _sample = sample;
        _progress = progress;
        _sampleBegin = _sampleEnd;
        _sampleEnd = _clock.Elapsed.TotalSeconds;
        _collecting = true;
    }

    private void OnComplete(Complete complete)
    {
        (_completeFor, _isCutOff) = (Sender, complete.IsCutOff);
        if (complete.Sample > _sample)
        {
            OnBegin(complete.Sample, complete.Progress);
        }
        else if (_collecting)
        {
            _progress = complete.Progress;
        }
        else
        {
            SumUp();
        }
    }

    private void OnCompleteNow()
    {
        (_completeFor, _isCutOff) = (_completeFor ?? Sender, true);
        SumUp();
    }

    private void SumUp()
    {
        if (!_collecting && (_latest is null || !_interval.IsEmpty || (_isCutOff && _totals.Open > 0)))
        {
            BeginInterval(_sample, _progress); // for reports after the last sample
        }

        if (_collecting)
        {
            CountCutOff();
            Publish();
        }

        AnswerComplete();
    }

    private void OnSubscribe(Subscribe subscribe)
    {
        _isTimed |= subscribe.WithTimes;
        if (_subscribers.Add(subscribe.Subscriber))
        {
            Context.Watch(subscribe.Subscriber);
        }
    }

    private void PublishIfAllReported()
    {
        if (_collecting && Array.TrueForAll(_lastReport, last => last >= _sample))
        {
            CountCutOff();
            Publish();
            AnswerComplete();
        }
    }

    private void Publish()
    {
        _collecting = false;
        var times = _isTimed ? new IntervalTimes(Seconds(_sampleBegin), Seconds(_sampleEnd), _interval.Times()) : null;
        var sample = EndInterval();
        _latest = new RunSnapshot
        {
            RunId = _runId,
            ElapsedSeconds = Seconds(_sampleEnd),
            Progress = _progress,
            Connections = _totals.Connections,
            Open = _totals.Open,
            Attempts = _totals.Attempts,
            Retries = _totals.Retries,
            Outcomes = _totals.OutcomesByName(),
            AttemptFailures = _totals.AttemptFailuresByName(),
            Rejections = _totals.Rejections(),
            Latency = _totals.Latency(succeeded: true),
            FailedLatency = _totals.Latency(succeeded: false),
            Generator = _meter.Read(_totals.Uses, PeakOpen),
            Sample = sample,
            Times = times,
            Connected = _totals.Connected,
            Waiting = _totals.Waiting,
            Established = _totals.Established,
            Answered = _totals.Answered,
            Cut = _totals.Cut,
            Closes = _totals.Closes,
            Tls = _totals.Tls,
            Pool = _totals.Pool,
            Endpoints = _endpoints is { } each
                ? _parts.Endpoints.Select((name, endpoint) => EndpointCounts.Of(name, each[endpoint], each.AreTimed)).ToList() : [],
            Phases = _phases?.Counts(all: _completeFor is not null) ?? [],
            Fleets = _fleets.Select((tally, fleet) => new FleetCounts(_parts.Fleets[fleet], tally)).ToList(),
        };
        foreach (var subscriber in _subscribers)
        {
            subscriber.Tell(_latest);
        }
    }

    // With the last sample, after all awaited reports are merged.
    private void CountCutOff()
    {
        if (_isCutOff && _totals.Open > 0)
        {
            _interval.RecordCancelled(_totals);
            _totals.RecordCancelled(_totals);
            _endpoints?.RecordCancelled();
            _phases?.RecordCancelled();
            foreach (var fleet in _fleets)
            {
                fleet.RecordCancelled(fleet);
            }
        }
    }

    private Sample EndInterval()
    {
        var counts = _interval.Connections;
        var latency = _interval.Latency(succeeded: true);
        var sample = new Sample
        {
            At = Seconds(_sampleEnd),
            Open = _totals.Open,
            Planned = counts.Planned,
            Opened = counts.Opened,
            Reused = counts.Reused,
            Succeeded = counts.Succeeded,
            Failed = counts.Failed,
            Dropped = counts.Dropped,
            Cancelled = counts.Cancelled,
            Attempts = _interval.Attempts,
            Retries = _interval.Retries,
            Outcomes = _interval.OutcomesByName(),
            RatePerSecond = SampleLog.Rate(_interval.Ended, _sampleEnd - _sampleBegin),
            Connect = latency.GetValueOrDefault(Step.Connect.Name()),
            Total = latency.GetValueOrDefault(Step.Total.Name()),
            Connected = _totals.Connected,
            Waiting = _totals.Waiting,
            Established = _interval.Established,
            Answered = _interval.Answered,
            AttemptsFailed = _interval.AttemptFailuresByName().Values.Sum(),
            Cut = _interval.Cut,
            Recovery = latency.GetValueOrDefault(Step.Recovery.Name()),
        };
        var rate = _samples.Add(
            sample, new SampleTimes(_interval.Encode(Step.Connect), _interval.Encode(Step.Total), _interval.Encode(Step.Recovery)));
        _interval.Reset();
        return sample with { RatePerSecond = rate };
    }

    private void AnswerComplete()
    {
        if (_completeFor is null || _latest is null)
        {
            return;
        }

        if (_totals.BrokenInvariant(ended: true) is { } broken)
        {
            _log.Error("The counts of run {0} do not add up: {1}", _runId, broken);
        }

        _completeFor.Tell(new Completed(_latest, _samples.Samples, _totals.Sockets()));
    }

    private static double Seconds(double seconds) => Math.Round(seconds, 3);
}
