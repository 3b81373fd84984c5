namespace ActorLoad.Metrics;

/// <summary>A counter for each outcome.</summary>
internal sealed class OutcomeCounts
{
    private readonly long[] _counts = new long[Outcomes.All.Count];

    /// <summary>Adds one.</summary>
    public void Count(Outcome outcome) => _counts[(int)outcome]++;

    /// <summary>Adds several.</summary>
    public void Count(Outcome outcome, long times) => _counts[(int)outcome] += times;

    /// <summary>How often it was counted.</summary>
    public long this[Outcome outcome] => _counts[(int)outcome];

    /// <summary>All of them.</summary>
    public long Sum => _counts.Sum();

    /// <summary>Those that count as failed.</summary>
    public long Failures => Sum - this[Outcome.Succeeded] - this[Outcome.Cancelled];

    /// <summary>Those other than zero, by name.</summary>
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

    /// <summary>Adds what others counted.</summary>
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
