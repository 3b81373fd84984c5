namespace ActorLoad.Observers;

/// <summary>Readings of a run in the order of time, a bounded number of them. If there are too many, neighbours are merged in pairs, and
/// each further moment covers twice as many readings.</summary>
/// <param name="most">Most moments; an even number.</param>
/// <param name="merge">Makes one moment of two neighbours. It keeps the larger of two levels, so that a peak stays one, and adds
/// counts.</param>
internal sealed class Course<TMoment>(int most, Func<TMoment, TMoment, TMoment> merge)
{
    private readonly List<TMoment> _moments = [];
    private int _readingsInEach = 1;
    private int _readingsInLast;

    /// <summary>The moments so far. A list, because the type behind a collection expression cannot cross nodes.</summary>
    public IReadOnlyList<TMoment> Moments => _moments.ToList();

    /// <summary>Takes the next reading.</summary>
    public void Add(TMoment moment)
    {
        if (_moments.Count > 0 && _readingsInLast < _readingsInEach)
        {
            _moments[^1] = merge(_moments[^1], moment);
            _readingsInLast++;
            return;
        }

        if (_moments.Count == most)
        {
            Halve();
        }

        _moments.Add(moment);
        _readingsInLast = 1;
    }

    private void Halve()
    {
        for (var index = 0; index < most / 2; index++)
        {
            _moments[index] = merge(_moments[2 * index], _moments[(2 * index) + 1]);
        }

        _moments.RemoveRange(most / 2, _moments.Count - (most / 2));
        _readingsInEach *= 2;
    }
}
