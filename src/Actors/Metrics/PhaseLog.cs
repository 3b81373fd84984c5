namespace ActorLoad.Metrics;

/// <summary>The counts of each phase of a run. Only the latest ones have their histograms at hand; of the others the encoded form is
/// kept, which is some 20 times smaller.</summary>
/// <param name="phases">The phases of the plan.</param>
/// <param name="frequency">As for <see cref="Tally"/>.</param>
internal sealed class PhaseLog(IReadOnlyList<PhaseName> phases, long frequency)
{
    /// <summary>Most phases in a snapshot before the end: those with the latest reports.</summary>
    public const int MostLive = 16;

    private const int MostAtHand = 4;

    private readonly Dictionary<int, TallyData> _encoded = [];
    private readonly SortedDictionary<int, Tally> _atHand = [];
    private readonly Dictionary<int, long> _latest = [];
    private long _reports;

    /// <summary>Merges what a lane reported.</summary>
    /// <param name="report">Its counts.</param>
    /// <param name="firstOfFleet">Number of the first phase of its fleet.</param>
    public void Add(PhaseTally report, int firstOfFleet)
    {
        var tally = AtHand(firstOfFleet + report.Phase);
        _latest[firstOfFleet + report.Phase] = _reports++;
        foreach (var endpoint in report.Endpoints)
        {
            tally.Add(endpoint);
        }
    }

    /// <summary>Counts open connections as cancelled, because after an abort nobody reports how they ended.</summary>
    public void RecordCancelled()
    {
        for (var phase = 0; phase < phases.Count; phase++)
        {
            if (_atHand.ContainsKey(phase) || _encoded.ContainsKey(phase))
            {
                var tally = AtHand(phase);
                tally.RecordCancelled(tally);
            }
        }
    }

    /// <summary>The counts of each phase that has begun.</summary>
    /// <param name="all">True at the end; else only the latest <see cref="MostLive"/>.</param>
    public IReadOnlyList<PhaseCounts> Counts(bool all)
    {
        var begun = _encoded.Keys.Concat(_atHand.Keys).Order().ToArray();
        var shown = begun.OrderByDescending(phase => _latest.GetValueOrDefault(phase)).Take(all ? begun.Length : MostLive).Order();
        return [.. shown.Select(phase => new PhaseCounts(phases[phase], phase, Read(phase)))];
    }

    private Tally Read(int phase)
    {
        if (_atHand.TryGetValue(phase, out var tally))
        {
            return tally;
        }

        tally = new Tally(frequency);
        tally.Add(_encoded[phase]);
        return tally;
    }

    private Tally AtHand(int phase)
    {
        if (_atHand.TryGetValue(phase, out var tally))
        {
            return tally;
        }

        tally = new Tally(frequency);
        if (_encoded.Remove(phase, out var encoded))
        {
            tally.Add(encoded);
        }

        _atHand.Add(phase, tally);
        if (_atHand.Count > MostAtHand)
        {
            var (oldest, counts) = _atHand.First(held => held.Key != phase);
            _encoded.Add(oldest, counts.ToData());
            _atHand.Remove(oldest);
        }

        return tally;
    }
}
