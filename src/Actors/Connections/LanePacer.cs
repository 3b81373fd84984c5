using ActorLoad.Load;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Connections;

/// <summary>Opens a lane's share of paced phases. A part of <see cref="Lane"/>, on its loop.</summary>
/// <remarks><code>
/// Begin -> waits until its next connections are due -> opens them -> ... -> the phase is over: its connections end by themselves,
///   those of a population are retired
///   a place of a population is free -> opens its next connection
/// </code></remarks>
/// <param name="settings">The lane's settings.</param>
/// <param name="record">The lane's record.</param>
/// <param name="loop">The lane's loop.</param>
/// <param name="lane">The lane, which hands on <see cref="PacedDue"/>.</param>
/// <param name="createCohort">Makes a child of the lane.</param>
/// <param name="tellCohorts">Tells all of them.</param>
/// <param name="endOpening">Takes a share that opens nothing more.</param>
internal sealed class LanePacer(
    LaneSettings settings, LaneRecord record, TransportLoop loop, IActorRef lane, Func<IActorRef> createCohort, Action<object> tellCohorts,
    Action<BurstShare> endOpening)
{
    // At high rates a lane wakes for several connections at once: none begins early, and none more than this late for it.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1);

    private readonly long _rest = loop.ToTicks(Rest);
    private readonly List<PacedShare> _paced = [];

    /// <summary>Begins a phase.</summary>
    public void Begin(LaneProtocol.PacePhase phase)
    {
        var plan = (PacedPhase)settings.Plan.Phases[phase.Phase];
        var share = record.NewShare(phase.Burst, phase.Phase, phase.Turn, plan.Population);
        share.RetireRest = (phase.First + 0.5) / phase.Step; // lanes round up in turn
        var paced = new PacedShare(share, plan, phase, since => settings.Clock.StampOf(phase.BeginsAt + since));
        _paced.Add(paced);
        if (plan.Population is { RecycleShare: > 0 } population)
        {
            var recycling = new RetirePart(share, population.RecycleShare);
            loop.Schedule(settings.Clock.StampOf(phase.BeginsAt + population.RecycleAt), lane, recycling);
        }

        Pace(paced);
    }

    /// <summary>Opens what is due, at most one cohort, and comes back for the rest.</summary>
    public void Pace(PacedShare paced)
    {
        if (record.IsAborting)
        {
            return; // the abort has ended it
        }

        var now = loop.Now;
        Span<long> dues = stackalloc long[paced.Room > 0 ? paced.Room : Cohort.Size];
        if (paced.Take(now, dues, out var first) is var count and > 0)
        {
            Open(paced, first, dues[..count]);
        }

        if (paced.IsOver(now))
        {
            End(paced);
        }
        else if (paced.IsDue(now))
        {
            // A plain Tell would be handled before the cohort's first message, and before any completion.
            loop.ExecuteNextTurn(new ActionRunnable(() => lane.Tell(new PacedDue(paced), lane)));
        }
        else
        {
            loop.Schedule(Math.Max(paced.NextDue, now + _rest), lane, new PacedDue(paced));
        }
    }

    /// <summary>Opens a connection in a free place, unless the phase is over.</summary>
    public void TakePlace(BurstShare share)
    {
        if (!record.IsAborting && _paced.Find(paced => paced.Share == share) is { } paced && paced.End > loop.Now)
        {
            Open(paced, paced.NextAfterAll(), [loop.Now]);
        }
    }

    /// <summary>Ends all phases: what was due counts as planned, not as opened.</summary>
    public void Abort()
    {
        var now = loop.Now;
        Span<long> dues = stackalloc long[Cohort.Size];
        foreach (var paced in _paced.ToArray())
        {
            while (paced.Take(now, dues, out var first) is var count and > 0)
            {
                record.Opening.Open(paced.Share, first, count, out _, paced.Step);
            }

            End(paced);
        }
    }

    // Cohorts are filled bit by bit: one for each connection would double the actors.
    private void Open(PacedShare paced, int first, ReadOnlySpan<long> dues)
    {
        var which = record.Opening.Open(paced.Share, first, dues.Length, out var passed, paced.Step);
        if (which == 0)
        {
            return;
        }

        if (paced.Room == 0)
        {
            (paced.Cohort, paced.Room) = (createCohort(), Cohort.Size);
        }

        paced.Room -= dues.Length;
        paced.Cohort!.Tell(
            new OpenConnections(paced.Share, first, which, 0)
            {
                Step = paced.Step,
                Dues = dues.ToArray(),
                Passed = passed,
                IsLast = paced.Room == 0,
            }, lane);
    }

    private void End(PacedShare paced)
    {
        paced.Dispose();
        _paced.Remove(paced);
        if (paced.Room > 0)
        {
            paced.Cohort!.Tell(new OpenConnections(paced.Share, 0, 0, 0), lane);
        }

        endOpening(paced.Share);
        if (paced.Share.Population is not null)
        {
            tellCohorts(new RetirePart(paced.Share, 1));
        }
    }

    /// <summary>For the lane: a share has connections that are due, or is over.</summary>
    internal sealed record PacedDue(PacedShare Share) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
