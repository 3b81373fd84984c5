using System.Collections.Immutable;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// The targets of a run as all its lanes see them, and the endpoint of each connection. Each lane writes its own sight. Other lanes read
/// it before they give an endpoint up. No lane waits for another.
/// </summary>
public sealed class TargetHealth
{
    private readonly ImmutableArray<Endpoint> _targets;
    private readonly EndpointTurns _turns;
    private readonly int[] _endpointOf;

    private TargetHealth(ImmutableArray<Endpoint> targets, ImmutableArray<Endpoint> endpoints, EndpointTurns turns)
    {
        _turns = turns;
        (_targets, _endpointOf) = (targets, [.. targets.Select(target => endpoints.IndexOf(target))]);
        Endpoints = [.. endpoints.Select(endpoint => new EndpointHealth($"{endpoint}"))];
    }

    /// <summary>The different endpoints, in the order of the target.</summary>
    internal ImmutableArray<EndpointHealth> Endpoints { get; }

    /// <summary>True while some endpoint is untried by all lanes.</summary>
    internal bool HasUntriedEndpoint => Endpoints.Any(endpoint => endpoint.Sum() is { Failed: 0, Established: 0 });

    /// <summary>True once every endpoint was given up.</summary>
    internal bool IsEveryEndpointGivenUp => Endpoints.All(endpoint => endpoint.IsGivenUp);

    /// <summary>How many targets connections pass now, because they were given up: 0 unless the order says so.</summary>
    internal int Passed
    {
        get
        {
            var passed = 0;
            while (_turns.PassesGivenUp && passed < _targets.Length - 1 && Endpoints[_endpointOf[passed]].IsGivenUp)
            {
                passed++;
            }

            return passed;
        }
    }

    /// <summary>For a run that uses these targets, in turn unless <paramref name="turns"/> says otherwise. A target that is named twice is
    /// two targets, but one endpoint.</summary>
    public static TargetHealth Of(ImmutableArray<Endpoint> targets, EndpointTurns? turns = null) =>
        new(targets, [.. targets.Distinct()], turns ?? EndpointTurns.OneByOne(targets.Length));

    /// <summary>The target of the connection with this number in the run.</summary>
    /// <param name="turn">The number.</param>
    /// <param name="passed">See <see cref="Passed"/>.</param>
    internal int TargetOf(long turn, int passed) => _turns.Of(turn) + passed;

    /// <summary>The endpoint of a target.</summary>
    internal Endpoint At(int target) => _targets[target];

    /// <summary>Index of a target's endpoint in <see cref="Endpoints"/>.</summary>
    internal int EndpointOf(int target) => _endpointOf[target];
}

/// <summary>One endpoint as all lanes see it. Safe from any thread.</summary>
/// <param name="name">ADDRESS:PORT.</param>
internal sealed class EndpointHealth(string name)
{
    private ImmutableArray<EndpointSight> _sights = [];
    private int _isGivenUp;

    /// <summary>ADDRESS:PORT.</summary>
    public string Name => name;

    /// <summary>True once a lane has given the endpoint up. It stays so.</summary>
    public bool IsGivenUp => Volatile.Read(ref _isGivenUp) != 0;

    /// <summary>Makes the sight of one more lane.</summary>
    public EndpointSight Join()
    {
        var sight = new EndpointSight();
        ImmutableInterlocked.Update(ref _sights, sights => sights.Add(sight));
        return sight;
    }

    /// <summary>Gives the endpoint up; false if another lane already did.</summary>
    public bool TryGiveUp() => Interlocked.Exchange(ref _isGivenUp, 1) == 0;

    /// <summary>Sum of all lanes' sights.</summary>
    public EndpointTotals Sum()
    {
        var totals = default(EndpointTotals);
        foreach (var sight in _sights)
        {
            totals = totals.Plus(sight);
        }

        return totals;
    }

    /// <summary>Failures of all lanes so far, by the name of their outcome.</summary>
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

/// <summary>One endpoint as one lane sees it. The lane's loop writes it, any thread reads it.</summary>
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

    /// <summary>Established attempts so far.</summary>
    public long Established => Volatile.Read(ref _established);

    /// <summary>Attempts with all their replies so far.</summary>
    public long Served => Volatile.Read(ref _served);

    /// <summary>Established attempts that wait for replies now.</summary>
    public long Undecided => Volatile.Read(ref _undecided);

    /// <summary>Open attempts with all their replies now.</summary>
    public long OpenServed => Volatile.Read(ref _openServed);

    /// <summary>Failed attempts so far, without those that this machine failed.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Time stamp of the first failure; 0 before that.</summary>
    public long FirstFailure => Volatile.Read(ref _firstFailure);

    /// <summary>Time stamp of the last moment when the lane saw the endpoint well; 0 if it never served an attempt.</summary>
    public long LastWell
    {
        get => Volatile.Read(ref _lastWell);
        set => Volatile.Write(ref _lastWell, value);
    }

    /// <summary>Adds this lane's failures to <paramref name="counts"/>.</summary>
    public void AddCausesTo(OutcomeCounts counts) => counts.Add(_causes);

    /// <summary>Notes an established attempt.</summary>
    public void Establish()
    {
        Volatile.Write(ref _established, _established + 1);
        Volatile.Write(ref _undecided, _undecided + 1);
    }

    /// <summary>Notes an established attempt that has all its replies.</summary>
    public void Serve()
    {
        Volatile.Write(ref _served, _served + 1);
        Volatile.Write(ref _openServed, _openServed + 1);
        Volatile.Write(ref _undecided, _undecided - 1);
    }

    /// <summary>Notes the end of an established attempt.</summary>
    public void Leave(bool wasServed)
    {
        ref var left = ref wasServed ? ref _openServed : ref _undecided;
        Volatile.Write(ref left, left - 1);
    }

    /// <summary>Notes a failed attempt.</summary>
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

/// <summary>Sum of several lanes' <see cref="EndpointSight"/>s, with the earliest first failure and the latest well time.</summary>
internal readonly record struct EndpointTotals(
    long Established, long Served, long Undecided, long OpenServed, long Failed, long FirstFailure, long LastWell)
{
    /// <summary>Adds the sight of one more lane.</summary>
    public EndpointTotals Plus(EndpointSight sight) => new(
        Established + sight.Established, Served + sight.Served, Undecided + sight.Undecided, OpenServed + sight.OpenServed,
        Failed + sight.Failed, First(FirstFailure, sight.FirstFailure), Math.Max(LastWell, sight.LastWell));

    private static long First(long one, long other) => one == 0 ? other : other == 0 ? one : Math.Min(one, other);
}
