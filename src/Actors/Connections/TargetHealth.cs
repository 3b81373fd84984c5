using System.Collections.Immutable;
using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// What the lanes of a run know together of its targets, and which endpoint a connection goes to. Each lane writes what it sees itself; the others
/// read that when they are about to give an endpoint up, and nobody waits for anybody.
/// </summary>
public sealed class TargetHealth
{
    private readonly ImmutableArray<Endpoint> _targets;
    private readonly int[] _endpointOf;

    private TargetHealth(ImmutableArray<Endpoint> targets, ImmutableArray<Endpoint> endpoints)
    {
        (_targets, _endpointOf) = (targets, [.. targets.Select(target => endpoints.IndexOf(target))]);
        Endpoints = [.. endpoints.Select(endpoint => new EndpointHealth($"{endpoint}"))];
    }

    /// <summary>The different endpoints, in the order of the target.</summary>
    internal ImmutableArray<EndpointHealth> Endpoints { get; }

    /// <summary>True while some endpoint has not been tried by any lane.</summary>
    internal bool HasUntriedEndpoint => Endpoints.Any(endpoint => endpoint.Sum() is { Failed: 0, Established: 0 });

    /// <summary>True once every endpoint was given up.</summary>
    internal bool IsEveryEndpointGivenUp => Endpoints.All(endpoint => endpoint.IsGivenUp);

    /// <summary>Of a run that goes to these targets in turn; one that is named twice has two turns, and is one endpoint.</summary>
    public static TargetHealth Of(ImmutableArray<Endpoint> targets) => new(targets, [.. targets.Distinct()]);

    /// <summary>Whose turn it is: the target of the connection with this number in the run.</summary>
    internal int TargetOf(long turn) => (int)(turn % _targets.Length);

    /// <summary>Where the connections of a target go.</summary>
    internal Endpoint At(int target) => _targets[target];

    /// <summary>Index of a target's endpoint in <see cref="Endpoints"/>.</summary>
    internal int EndpointOf(int target) => _endpointOf[target];
}

/// <summary>What all lanes know of one endpoint. Safe from any thread.</summary>
/// <param name="name">ADDRESS:PORT.</param>
internal sealed class EndpointHealth(string name)
{
    private ImmutableArray<EndpointSight> _sights = [];
    private int _isGivenUp;

    /// <summary>ADDRESS:PORT.</summary>
    public string Name => name;

    /// <summary>True for good, once a lane has given it up.</summary>
    public bool IsGivenUp => Volatile.Read(ref _isGivenUp) != 0;

    /// <summary>A lane begins to look: where it notes what it sees.</summary>
    public EndpointSight Join()
    {
        var sight = new EndpointSight();
        ImmutableInterlocked.Update(ref _sights, sights => sights.Add(sight));
        return sight;
    }

    /// <summary>Gives it up; false if another lane has.</summary>
    public bool TryGiveUp() => Interlocked.Exchange(ref _isGivenUp, 1) == 0;

    /// <summary>What all lanes have seen by now.</summary>
    public EndpointTotals Sum()
    {
        var totals = default(EndpointTotals);
        foreach (var sight in _sights)
        {
            totals = totals.Plus(sight);
        }

        return totals;
    }

    /// <summary>How attempts of all lanes failed by now, by name.</summary>
    public IReadOnlyDictionary<string, long> FailedByCause()
    {
        var causes = new OutcomeCounts();
        foreach (var sight in _sights)
        {
            sight.AddCausesTo(causes);
        }

        return causes.ByName();
    }
}

/// <summary>What one lane sees of one endpoint. Written on the lane's loop, read from any thread.</summary>
internal sealed class EndpointSight
{
    private readonly OutcomeCounts _causes = new();
    private long _established;
    private long _served;
    private long _undecided;
    private long _openServed;
    private long _failed;
    private long _firstFailure;
    private long _lastWell;

    /// <summary>Attempts that were established so far.</summary>
    public long Established => Volatile.Read(ref _established);

    /// <summary>Attempts that had all their replies so far.</summary>
    public long Served => Volatile.Read(ref _served);

    /// <summary>Attempts that are established and wait for replies now.</summary>
    public long Undecided => Volatile.Read(ref _undecided);

    /// <summary>Attempts that have had all their replies and are open now.</summary>
    public long OpenServed => Volatile.Read(ref _openServed);

    /// <summary>Attempts that failed so far, but for those that this machine failed.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Time stamp of the first of them; 0 before that.</summary>
    public long FirstFailure => Volatile.Read(ref _firstFailure);

    /// <summary>Time stamp of when it was last seen to be well; 0 if it never served an attempt.</summary>
    public long LastWell
    {
        get => Volatile.Read(ref _lastWell);
        set => Volatile.Write(ref _lastWell, value);
    }

    /// <summary>How attempts failed so far.</summary>
    public void AddCausesTo(OutcomeCounts counts) => counts.Add(_causes);

    /// <summary>An attempt is established.</summary>
    public void Establish()
    {
        Volatile.Write(ref _established, _established + 1);
        Volatile.Write(ref _undecided, _undecided + 1);
    }

    /// <summary>An established attempt has all its replies.</summary>
    public void Serve()
    {
        Volatile.Write(ref _served, _served + 1);
        Volatile.Write(ref _openServed, _openServed + 1);
        Volatile.Write(ref _undecided, _undecided - 1);
    }

    /// <summary>An established attempt is open no more.</summary>
    public void Leave(bool wasServed)
    {
        ref var left = ref wasServed ? ref _openServed : ref _undecided;
        Volatile.Write(ref left, left - 1);
    }

    /// <summary>An attempt failed.</summary>
    public void Fail(Outcome outcome, long now)
    {
        _causes.Count(outcome);
        Volatile.Write(ref _failed, _failed + 1);
        if (_firstFailure == 0)
        {
            Volatile.Write(ref _firstFailure, now);
        }
    }
}

/// <summary>The sum of several lanes' <see cref="EndpointSight"/>s: the first of their first failures, the last time that one of them saw it well.</summary>
internal readonly record struct EndpointTotals(
    long Established, long Served, long Undecided, long OpenServed, long Failed, long FirstFailure, long LastWell)
{
    /// <summary>With what one more lane sees.</summary>
    public EndpointTotals Plus(EndpointSight sight) => new(
        Established + sight.Established, Served + sight.Served, Undecided + sight.Undecided, OpenServed + sight.OpenServed, Failed + sight.Failed,
        First(FirstFailure, sight.FirstFailure), Math.Max(LastWell, sight.LastWell));

    private static long First(long one, long other) => one == 0 ? other : other == 0 ? one : Math.Min(one, other);
}
