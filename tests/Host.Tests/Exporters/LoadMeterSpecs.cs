using System.Diagnostics.Metrics;
using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Hosting.Tests.Exporters;

/// <summary>The meter, heard by a listener as any exporter hears it.</summary>
public sealed class LoadMeterSpecs : IDisposable
{
    private readonly LoadMeter _meter = new();
    private readonly MeterListener _listener = new();
    private readonly List<Instrument> _instruments = [];
    private readonly Dictionary<string, long> _sums = [];

    public LoadMeterSpecs()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == LoadMeter.Name)
            {
                _instruments.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, 1, tags));
        _listener.Start();
    }

    [Fact]
    public void List_of_metrics_is_that_of_the_meter()
    {
        _meter.Follow("run").Started();

        Assert.Equal(
            LoadMetric.All.Select(metric => $"{metric.Name} {metric.Kind} {metric.Unit} {metric.Description}").Order(),
            _instruments.Select(instrument => $"{instrument.Name} {Kind(instrument)} {instrument.Unit} {instrument.Description}").Distinct().Order());
    }

    [Fact]
    public void Counters_go_on_over_runs_and_gauges_tell_the_last()
    {
        foreach (var (id, planned) in new[] { ("a", 10), ("b", 5) })
        {
            var run = _meter.Follow(id);
            run.Started();
            run.Measured(Snapshot(planned, open: 2));
            run.Measured(Snapshot(planned + 1, open: 1));
        }

        _listener.RecordObservableInstruments();

        Assert.Equal(17, _sums["actorload.planned.connections"]);
        Assert.Equal(1, _sums["actorload.connection.open"]);
        Assert.Equal(1, _sums["actorload.run.active"]);
        Assert.Equal(["actorload.run.info actorload.run.id=b"], _sums.Keys.Where(key => key.Contains("run.id=")).Select(key => key.Split(" actorload.phase")[0]));
    }

    [Fact]
    public void Count_that_falls_in_a_pool_is_followed_down()
    {
        var run = _meter.Follow("run");
        run.Started();
        run.Measured(Snapshot(10, reused: 4));
        run.Measured(Snapshot(10, reused: 3)); // one of them was stale

        Assert.Equal(3, _sums["actorload.connection.reused"]);
    }

    [Fact]
    public void Each_value_of_an_interval_is_in_the_histogram()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1_000);
        histogram.Record(1_000);
        histogram.Record(7_000_000);
        var run = _meter.Follow("run");
        run.Measured(Snapshot(3) with
        {
            Times = new IntervalTimes(0, 1, [new StepTimes(Step.Connect, false, histogram.Summarize()!, HistogramCodec.Encode(histogram))]),
        });

        Assert.Equal(3, _sums["actorload.connect.duration"]);
    }

    [Fact]
    public void Further_names_of_fleets_and_words_of_servers_share_one_value()
    {
        var run = _meter.Follow("run");
        run.Measured(Snapshot(200) with { Rejections = Enumerable.Range(0, 200).ToDictionary(index => $"ERR{index}", _ => 1L) });

        var prefixes = _sums.Where(sum => sum.Key.StartsWith("actorload.rejected.attempts ", StringComparison.Ordinal)).ToArray();
        Assert.Equal((65, 200), (prefixes.Length, prefixes.Sum(prefix => prefix.Value)));
        Assert.Equal(136, _sums["actorload.rejected.attempts actorload.rejection.prefix=OTHER"]);
    }

    [Fact]
    public void Boundaries_of_classic_buckets_are_those_of_exponential_ones()
    {
        Assert.Equal(201, HistogramViews.Boundaries.Count);
        Assert.All(HistogramViews.Boundaries.Zip(HistogramViews.Boundaries.Skip(1)), pair => Assert.Equal(Math.Pow(2, 0.125), pair.Second / pair.First, 9));
        Assert.Contains(1.0, HistogramViews.Boundaries);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private static RunSnapshot Snapshot(long planned, long open = 0, long? reused = null) => Results.Snapshot(1) with
    {
        Connections = new ConnectionCounts(planned, planned - open, planned - open, 0, 0, 0) { Reused = reused },
        Open = open,
    };

    private static MetricKind Kind(Instrument instrument) => instrument switch
    {
        Counter<long> => MetricKind.Counter,
        UpDownCounter<long> or ObservableUpDownCounter<long> => MetricKind.UpDownCounter,
        Histogram<double> => MetricKind.Histogram,
        _ => MetricKind.Gauge,
    };

    private void Add(string name, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = name;
        foreach (var (tag, word) in tags)
        {
            key += $" {tag}={word}";
        }

        _sums[key] = _sums.GetValueOrDefault(key) + value;
    }
}
