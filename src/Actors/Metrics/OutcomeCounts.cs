namespace ActorLoad.Metrics;

/// <summary>A counter for each outcome.</summary>
internal sealed class OutcomeCounts
{
    private readonly long[] _counts = new long[Outcomes.All.Count];

    /// <summary>Counts an outcome once, or several times.</summary>
    public void Count(Outcome outcome, long times = 1) => _counts[(int)outcome] += times;

    /// <summary>The count of an outcome.</summary>
    public long this[Outcome outcome] => _counts[(int)outcome];

    /// <summary>The sum of all counts.</summary>
    public long Sum => _counts.Sum();

    /// <summary>The sum of the counts of failures.</summary>
    public long Failures => Sum - this[Outcome.Succeeded] - this[Outcome.Cancelled];

    /// <summary>Counts other than zero, by name.</summary>
    public Dictionary<string, long> ByName() =>
        Outcomes.All.Where(outcome => this[outcome] != 0).ToDictionary(Outcomes.Name, outcome => this[outcome]);

    /// <summary>Adds counts by name.</summary>
    public void Add(IReadOnlyDictionary<string, long> counts)
    {
        foreach (var (name, count) in counts)
        {
            if (!Outcomes.TryParse(name, out var outcome))
            {
                throw new FormatException($"unknown outcome {name}");
            }

            _counts[(int)outcome] += count;
        }
    }

    /// <summary>Adds other counts.</summary>
    public void Add(OutcomeCounts other)
    {
        for (var index = 0; index < _counts.Length; index++)
        {
            _counts[index] += other._counts[index];
        }
    }

    /// <summary>Back to zero.</summary>
    public void Reset() => Array.Clear(_counts);
}
