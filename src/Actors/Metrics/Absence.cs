namespace ActorLoad.Metrics;

/// <summary>A time in which an endpoint took no connection: attempts to connect failed, and no connection was established between
/// them.</summary>
/// <param name="Endpoint">Address and port.</param>
/// <param name="From">Time of the first failure, in seconds from the start of the run.</param>
/// <param name="To">Time of the last failure.</param>
public sealed record Absence(string Endpoint, double From, double To);

/// <summary>The absences that several observers saw, joined where they overlap. Keeps a bounded number, the longest.</summary>
internal sealed class Absences
{
    /// <summary>Most absences that are kept.</summary>
    public const int Most = 100;

    private readonly List<Absence> _all = [];

    /// <summary>All absences, by time. A list, because the type behind a collection expression cannot cross nodes.</summary>
    public IReadOnlyList<Absence> All => _all.OrderBy(absence => absence.From).ToList();

    /// <summary>Adds an absence, and joins it with those that it overlaps.</summary>
    public void Add(Absence added)
    {
        for (var index = _all.Count - 1; index >= 0; index--)
        {
            var other = _all[index];
            if (other.Endpoint == added.Endpoint && other.From <= added.To && added.From <= other.To)
            {
                added = added with { From = Math.Min(other.From, added.From), To = Math.Max(other.To, added.To) };
                _all.RemoveAt(index);
            }
        }

        _all.Add(added);
        if (_all.Count > Most)
        {
            _all.Remove(_all.MinBy(absence => absence.To - absence.From)!);
        }
    }

    /// <summary>Adds another set of absences.</summary>
    public void Add(IEnumerable<Absence> others)
    {
        foreach (var other in others)
        {
            Add(other);
        }
    }

    /// <summary>Forgets all absences.</summary>
    public void Clear() => _all.Clear();
}
