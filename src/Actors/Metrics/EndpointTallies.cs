namespace ActorLoad.Metrics;

/// <summary>A tally for each endpoint of a run, in the order of its target. Their sum is the run's tally.</summary>
internal sealed class EndpointTallies
{
    /// <summary>Most endpoints with times of their own, because histograms take memory. With more, the first tally has the times of
    /// all.</summary>
    public const int MostTimed = 16;

    private readonly Tally[] _tallies;

    /// <summary>Empty tallies; <paramref name="frequency"/> as for <see cref="Tally"/>.</summary>
    public EndpointTallies(long frequency, int endpoints)
    {
        _tallies = new Tally[endpoints];
        for (var endpoint = 0; endpoint < endpoints; endpoint++)
        {
            _tallies[endpoint] = endpoint > 0 && endpoints > MostTimed ? new Tally(frequency, _tallies[0]) : new Tally(frequency);
        }
    }

    /// <summary>Number of endpoints.</summary>
    public int Count => _tallies.Length;

    /// <summary>True if each endpoint has its own times.</summary>
    public bool AreTimed => Count <= MostTimed;

    /// <summary>The tally of one endpoint.</summary>
    public Tally this[int endpoint] => _tallies[endpoint];

    /// <summary>Takes the records since the last call for sending; all tallies start again from zero.</summary>
    public IReadOnlyList<TallyData> Take() => Array.ConvertAll(_tallies, tally => tally.Take());

    /// <summary>Counts open connections as cancelled, because after an abort nobody reports how they ended.</summary>
    public void RecordCancelled()
    {
        foreach (var tally in _tallies)
        {
            tally.RecordCancelled(tally);
        }
    }

    /// <summary>Merges received tallies.</summary>
    /// <param name="tallies">One for each endpoint of a fleet.</param>
    /// <param name="numbers">The number of each of them here; empty if they are in the same order.</param>
    public void Add(IReadOnlyList<TallyData> tallies, IReadOnlyList<int> numbers)
    {
        for (var endpoint = 0; endpoint < tallies.Count; endpoint++)
        {
            _tallies[numbers.Count == 0 ? endpoint : numbers[endpoint]].Add(tallies[endpoint]);
        }
    }
}
