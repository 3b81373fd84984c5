namespace ActorLoad.Metrics;

/// <summary>The counts of one phase since a lane's last report, as a message.</summary>
/// <param name="Phase">Number of the phase in the plan.</param>
/// <param name="Endpoints">The counts of each endpoint of the target.</param>
public sealed record PhaseTally(int Phase, IReadOnlyList<TallyData> Endpoints);

/// <summary>A lane's tallies for one phase, one for each endpoint.</summary>
internal sealed class PhaseTallies(EndpointTallies endpoints)
{
    /// <summary>Number of the phase in the plan.</summary>
    public int Phase { get; set; }

    /// <summary>Shares that still count in it.</summary>
    public int Shares { get; set; }

    /// <summary>The tally of one endpoint.</summary>
    public Tally this[int endpoint] => endpoints[endpoint];

    /// <summary>Takes the records since the last call for sending; all tallies start again from zero.</summary>
    public PhaseTally Take() => new(Phase, endpoints.Take());
}

/// <summary>A lane's tallies for the phases whose connections it has open. A run of many phases does not need memory for each.</summary>
/// <param name="frequency">As for <see cref="Tally"/>.</param>
/// <param name="endpoints">Number of endpoints.</param>
internal sealed class OpenPhases(long frequency, int endpoints)
{
    // Those that have ended wait for the next report.
    private const int Many = 8;

    private readonly Stack<PhaseTallies> _free = [];
    private readonly List<PhaseTallies> _open = [];

    /// <summary>The tallies of the phase that began last; those of the first phase before.</summary>
    public PhaseTallies Latest
    {
        get
        {
            if (_open.Count == 0)
            {
                Add(0);
            }

            return _open[^1];
        }
    }

    /// <summary>True if so many wait that a report should not.</summary>
    public bool AreMany => _open.Count > Many && _open.Count(tallies => tallies.Shares == 0) > Many;

    /// <summary>A share of a phase begins.</summary>
    public PhaseTallies Begin(int phase)
    {
        var tallies = _open.Find(open => open.Phase == phase) ?? Add(phase);
        tallies.Shares++;
        return tallies;
    }

    /// <summary>A share has ended.</summary>
    public static void End(PhaseTallies tallies) => tallies.Shares--;

    /// <summary>Takes the records since the last call for sending: at least one element.</summary>
    public IReadOnlyList<PhaseTally> Take()
    {
        var latest = Latest;
        var taken = _open.ConvertAll(tallies => tallies.Take());
        foreach (var tallies in _open.Where(tallies => tallies.Shares == 0 && tallies != latest))
        {
            _free.Push(tallies);
        }

        _open.RemoveAll(tallies => tallies.Shares == 0 && tallies != latest);
        return taken;
    }

    private PhaseTallies Add(int phase)
    {
        var tallies = _free.TryPop(out var free) ? free : new PhaseTallies(new EndpointTallies(frequency, endpoints));
        tallies.Phase = phase;
        _open.Add(tallies);
        return tallies;
    }
}
