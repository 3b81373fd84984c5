namespace ActorLoad.Metrics;

/// <summary>A bounded list of a run's samples. If there are too many, neighbours are merged in pairs, and each new sample covers twice as
/// many intervals. An interval shorter than a tenth of the others joins the sample before it, because a rate over a millisecond means
/// nothing. Counts stay exact. Times come from merged histograms, never from averaged percentiles, so each sample keeps its encoded
/// histograms, a few kilobytes. Without them, as from a journal, merged times are those of <see cref="LatencySummary.Bound"/>.</summary>
/// <param name="capacity">Most samples, 2 or more.</param>
public sealed class SampleLog(int capacity)
{
    private const double ShortestShare = 0.1;

    private readonly List<Entry> _entries = [];
    private readonly LatencyHistogram _scratch = new();
    private int _intervalsInEach = 1;
    private double _longest;
    private double _end;

    /// <summary>Number of intervals in each sample: 1, 2, 4, 8 ...</summary>
    public int IntervalsInEach => _intervalsInEach;

    /// <summary>The samples so far, oldest first. A list, because the type behind a collection expression cannot cross nodes.</summary>
    public IReadOnlyList<Sample> Samples => _entries.ConvertAll(entry => entry.Sample);

    /// <summary>Takes the sample of the next interval, with the encoded histograms behind its summaries. Returns its rate; for a short
    /// interval, the rate of the sample that it joined.</summary>
    public double Add(Sample sample, SampleTimes times)
    {
        var isShort = IsShort(sample.At - _end);
        _longest = Math.Max(_longest, sample.At - _end);
        _end = sample.At;
        var entry = new Entry(sample, times, isShort ? 0 : 1);
        if (_entries.Count > 0 && (isShort || _entries[^1].Intervals < _intervalsInEach))
        {
            _entries[^1] = Merge(_entries[^1], entry, Before(_entries.Count - 1));
            return (isShort ? _entries[^1].Sample : sample).RatePerSecond;
        }

        if (_entries.Count == capacity)
        {
            Halve();
        }

        _entries.Add(entry);
        return sample.RatePerSecond;
    }

    private bool IsShort(double seconds) => seconds < _longest * ShortestShare;

    private void Halve()
    {
        _intervalsInEach *= 2;
        var kept = 0;
        for (var index = 0; index < _entries.Count; index += 2, kept++)
        {
            _entries[kept] = index + 1 < _entries.Count
                ? Merge(_entries[index], _entries[index + 1], Before(kept))
                : _entries[index];
        }

        _entries.RemoveRange(kept, _entries.Count - kept);
    }

    private double Before(int index) => index == 0 ? 0 : _entries[index - 1].Sample.At;

    private Entry Merge(Entry first, Entry second, double from)
    {
        var (a, b) = (first.Sample, second.Sample);
        var (connect, connectSummary) = Merge(first.Times.Connect, second.Times.Connect, a.Connect, b.Connect);
        var (total, totalSummary) = Merge(first.Times.Total, second.Times.Total, a.Total, b.Total);
        var (recovery, recoverySummary) = Merge(first.Times.Recovery, second.Times.Recovery, a.Recovery, b.Recovery);
        var outcomes = new Dictionary<string, long>(a.Outcomes);
        foreach (var (name, count) in b.Outcomes)
        {
            outcomes[name] = outcomes.GetValueOrDefault(name) + count;
        }

        var sample = new Sample
        {
            At = b.At,
            Open = b.Open,
            Planned = a.Planned + b.Planned,
            Opened = a.Opened + b.Opened,
            Reused = a.Reused is null ? b.Reused : a.Reused + (b.Reused ?? 0),
            Succeeded = a.Succeeded + b.Succeeded,
            Failed = a.Failed + b.Failed,
            Dropped = a.Dropped + b.Dropped,
            Cancelled = a.Cancelled + b.Cancelled,
            Attempts = a.Attempts + b.Attempts,
            Retries = a.Retries + b.Retries,
            Outcomes = outcomes,
            RatePerSecond = Rate(outcomes.Values.Sum(), b.At - from),
            Connect = connectSummary,
            Total = totalSummary,
            Connected = b.Connected,
            Waiting = b.Waiting,
            Established = a.Established + b.Established,
            Answered = a.Answered + b.Answered,
            AttemptsFailed = a.AttemptsFailed + b.AttemptsFailed,
            Cut = a.Cut + b.Cut,
            Recovery = recoverySummary,
        };
        return new Entry(sample, new SampleTimes(connect, total, recovery), first.Intervals + second.Intervals);
    }

    private (byte[]? Encoded, LatencySummary? Summary) Merge(byte[]? first, byte[]? second, LatencySummary? a, LatencySummary? b)
    {
        if (first is null && second is null)
        {
            return (null, a is null || b is null ? a ?? b : LatencySummary.Bound(a, b));
        }

        _scratch.Reset();
        HistogramCodec.AddTo(_scratch, first ?? second);
        if (first is not null && second is not null)
        {
            HistogramCodec.AddTo(_scratch, second);
        }

        return (HistogramCodec.Encode(_scratch), _scratch.Summarize());
    }

    /// <summary>Events per second, to a tenth; 0 over no time.</summary>
    public static double Rate(long events, double seconds) => seconds > 0 ? Math.Round(events / seconds, 1) : 0;

    private sealed record Entry(Sample Sample, SampleTimes Times, int Intervals);
}

/// <summary>The encoded histograms behind the summaries of one sample; null for missing ones.</summary>
public sealed record SampleTimes(byte[]? Connect, byte[]? Total, byte[]? Recovery)
{
    /// <summary>No histograms, as for a sample from a journal.</summary>
    public static SampleTimes Unknown { get; } = new(null, null, null);
}
