namespace ActorLoad.Metrics;

/// <summary>One histogram for each step, made at its first value and kept.</summary>
internal sealed class StepHistograms
{
    private readonly LatencyHistogram?[] _histograms = new LatencyHistogram?[Steps.All.Count];

    /// <summary>Records one value of a step; ignores null.</summary>
    public void Record(Step step, long? micros)
    {
        if (micros is { } value)
        {
            (_histograms[(int)step] ??= new()).Record(value);
        }
    }

    /// <summary>Records every step that the connection completed.</summary>
    public void Record(Outcome outcome, in Timings timings, long frequency)
    {
        for (var step = 0; step < _histograms.Length; step++)
        {
            Record((Step)step, timings.Micros((Step)step, outcome, frequency));
        }
    }

    /// <summary>The step's numbers; null if it was never recorded.</summary>
    public LatencySummary? Summarize(Step step) => _histograms[(int)step]?.Summarize();

    /// <summary>The numbers of all recorded steps, by name.</summary>
    public Dictionary<string, LatencySummary> Summarize()
    {
        var summaries = new Dictionary<string, LatencySummary>();
        foreach (var step in Steps.All)
        {
            if (Summarize(step) is { } summary)
            {
                summaries.Add(step.Name(), summary);
            }
        }

        return summaries;
    }

    /// <summary>The least value of a step; null if it was never recorded.</summary>
    public long? Least(Step step) => _histograms[(int)step]?.Summarize()?.Min;

    /// <summary>Passes every value of a step to <see cref="ConnectModes"/>.</summary>
    public void Show(Step step, ConnectModes modes)
    {
        if (_histograms[(int)step] is { TotalCount: > 0 } histogram)
        {
            modes.Add(histogram);
        }
    }

    /// <summary>The step's encoded histogram; null if it was never recorded.</summary>
    public byte[]? Encode(Step step) =>
        _histograms[(int)step] is { TotalCount: > 0 } histogram ? HistogramCodec.Encode(histogram) : null;

    /// <summary>The encoded histograms of all recorded steps, by name.</summary>
    public Dictionary<string, byte[]> Encode()
    {
        var encoded = new Dictionary<string, byte[]>();
        foreach (var step in Steps.All)
        {
            if (Encode(step) is { } bytes)
            {
                encoded.Add(step.Name(), bytes);
            }
        }

        return encoded;
    }

    /// <summary>All recorded steps with their encoded histograms.</summary>
    public IEnumerable<StepTimes> Times(bool areOfFailures) => Steps.All
        .Where(step => _histograms[(int)step] is { TotalCount: > 0 })
        .Select(step => new StepTimes(step, areOfFailures, Summarize(step)!, Encode(step)!));

    /// <summary>Adds encoded histograms.</summary>
    public void Add(IReadOnlyDictionary<string, byte[]> encoded)
    {
        foreach (var (name, bytes) in encoded)
        {
            if (!Steps.TryParse(name, out var step))
            {
                throw new FormatException($"unknown step {name}");
            }

            HistogramCodec.AddTo(_histograms[(int)step] ??= new(), bytes);
        }
    }

    /// <summary>Adds other histograms.</summary>
    public void Add(StepHistograms other)
    {
        for (var step = 0; step < _histograms.Length; step++)
        {
            if (other._histograms[step] is { TotalCount: > 0 } histogram)
            {
                (_histograms[step] ??= new()).Add(histogram);
            }
        }
    }

    /// <summary>Forgets the values, keeps the memory.</summary>
    public void Reset()
    {
        foreach (var histogram in _histograms)
        {
            if (histogram is { TotalCount: > 0 })
            {
                histogram.Reset();
            }
        }
    }
}
