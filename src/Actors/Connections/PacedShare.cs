using ActorLoad.Load;
using Akka.Actor;

namespace ActorLoad.Connections;

/// <summary>One lane's part of a paced phase: which connections are due, and when. Confined to the lane's loop.</summary>
internal sealed class PacedShare : IDisposable
{
    private readonly IEnumerator<TimeSpan> _dues;
    private readonly Func<TimeSpan, long> _stampOf;
    private int _next;
    private int _afterAll;
    private bool _hasNext;

    /// <summary>A share before its first connection.</summary>
    /// <param name="share">Counts its connections.</param>
    /// <param name="plan">The phase.</param>
    /// <param name="order">Which connections are the lane's.</param>
    /// <param name="stampOf">Turns a time of the phase into a time stamp.</param>
    public PacedShare(BurstShare share, PacedPhase plan, LaneProtocol.PacePhase order, Func<TimeSpan, long> stampOf)
    {
        (Share, Step, _stampOf, End) = (share, order.Step, stampOf, stampOf(plan.Duration));
        _dues = plan.ArrivalsOf(order.Repetition).DueTimes(order.First, order.Step).GetEnumerator();
        _next = order.First - order.Step;
        var later = (int)Math.Ceiling(Math.Max(0, (plan.Population?.Connections ?? 0) - order.First) / (double)order.Step);
        _afterAll = order.First + (later * order.Step);
        Advance();
    }

    /// <summary>Counts its connections.</summary>
    public BurstShare Share { get; }

    /// <summary>When the phase is over.</summary>
    public long End { get; }

    /// <summary>When its next connection is due; when the phase is over if there is none.</summary>
    public long NextDue { get; private set; }

    /// <summary>True if it has a connection that is due.</summary>
    public bool IsDue(long now) => _hasNext && NextDue <= now;

    /// <summary>True if all its connections were due, and the phase is over.</summary>
    public bool IsOver(long now) => !_hasNext && End <= now;

    /// <summary>From one connection of the lane to the next.</summary>
    public int Step { get; }

    /// <summary>The cohort that took its last connections; null before the first.</summary>
    public IActorRef? Cohort { get; set; }

    /// <summary>Connections that this cohort can still take; 0 if it is complete.</summary>
    public int Room { get; set; }

    /// <summary>Takes connections that are due, at most as many as fit into <paramref name="dues"/>.</summary>
    /// <param name="now">The present time stamp.</param>
    /// <param name="dues">Gets their due times.</param>
    /// <param name="first">The first of them.</param>
    public int Take(long now, Span<long> dues, out int first)
    {
        var count = 0;
        for (first = _next; count < dues.Length && IsDue(now); count++)
        {
            dues[count] = NextDue;
            Advance();
        }

        return count;
    }

    /// <summary>A number for a connection that takes a free place: after those of all arrivals.</summary>
    public int NextAfterAll()
    {
        var next = _afterAll;
        _afterAll = next > int.MaxValue - Step ? next % Step : next + Step; // after two billion, numbers come again
        return next;
    }

    /// <inheritdoc />
    public void Dispose() => _dues.Dispose();

    private void Advance()
    {
        _next += Step;
        _hasNext = _dues.MoveNext();
        NextDue = _hasNext ? Math.Min(_stampOf(_dues.Current), End) : End;
        _hasNext &= NextDue < End;
    }
}
