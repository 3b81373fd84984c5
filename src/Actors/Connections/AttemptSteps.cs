using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>Counts and times what the attempts of a lane come through, when it happens: a connection that stays open for a day is known at once.
/// Confined to the lane's loop.</summary>
internal sealed class AttemptSteps
{
    private readonly EndpointTallies _tallies;
    private readonly AbsenceWatch[] _absences;
    private readonly Func<long, double> _secondsOfRun;
    private long _underWay;

    /// <summary>Records into <paramref name="tallies"/>, one for each of the endpoints with these names.</summary>
    /// <param name="tallies">Where everything is recorded.</param>
    /// <param name="endpoints">Their names.</param>
    /// <param name="secondsOfRun">Makes seconds since the start of the run of a time stamp.</param>
    public AttemptSteps(EndpointTallies tallies, IEnumerable<string> endpoints, Func<long, double> secondsOfRun)
    {
        (_tallies, _secondsOfRun) = (tallies, secondsOfRun);
        _absences = [.. endpoints.Select(endpoint => new AbsenceWatch(endpoint))];
    }

    /// <summary>Most attempts under way at once: a client that waits for its next attempt has no socket.</summary>
    public long PeakUnderWay { get; private set; }

    /// <summary>An attempt begins. The first one is counted with its connection.</summary>
    public void Begin(Ticket ticket, long now)
    {
        var tally = _tallies[ticket.Endpoint];
        ticket.Timings.BeginAttempt(now);
        if (++ticket.Attempts == 1)
        {
            ticket.Share.RecordStart(now);
            tally.RecordStep(Step.StartLag, ticket.Timings);
        }
        else
        {
            StopWaiting(ticket);
            tally.RecordAttempt(isRetry: true);
        }

        ticket.IsUnderWay = true;
        PeakUnderWay = Math.Max(PeakUnderWay, ++_underWay);
    }

    /// <summary>The attempt's connection is established: its SYN and its completion are stamped on <paramref name="link"/>.</summary>
    public void Establish(Ticket ticket, Link link)
    {
        var tally = _tallies[ticket.Endpoint];
        ref var timings = ref ticket.Timings;
        (timings.SynSent, timings.Connected) = (link.SentAt, link.CompletedAt);
        if (_absences[ticket.Endpoint] is var absence && absence.TryEnd(out var first, out var last))
        {
            tally.RecordAbsence(absence.Tell(first, last, _secondsOfRun));
        }

        tally.RecordEstablished();
        tally.RecordStep(Step.LoopLag, timings.AttemptStarted, timings.SynSent);
        tally.RecordStep(Step.Connect, timings);
    }

    /// <summary>A command has its whole reply: both are stamped on <paramref name="link"/>.</summary>
    public void Answer(Ticket ticket, Link link)
    {
        var tally = _tallies[ticket.Endpoint];
        ref var timings = ref ticket.Timings;
        tally.RecordStep(Step.LoopLag, timings.LastReply != 0 ? timings.LastReply : timings.Ready, link.SentAt);
        timings.LastReply = link.CompletedAt;
        if (timings.FirstReply == 0)
        {
            (timings.FirstSent, timings.FirstReply) = (link.SentAt, link.CompletedAt);
            tally.RecordAnswered();
            tally.RecordStep(Step.FirstReply, timings);
            Recover(ticket, timings.FirstReply);
        }
    }

    /// <summary>The script is done. What follows is the hold, if there is one.</summary>
    public void Serve(Ticket ticket)
    {
        var tally = _tallies[ticket.Endpoint];
        ref var timings = ref ticket.Timings;
        timings.HoldStarted = timings.LastReply != 0 ? timings.LastReply : timings.Ready;
        tally.RecordStep(Step.Script, timings);
        if (!ticket.HasTotal)
        {
            ticket.HasTotal = true;
            tally.RecordStep(Step.Total, timings);
        }

        Recover(ticket, timings.HoldStarted); // where the script is empty
    }

    /// <summary>An attempt failed at the time stamp <paramref name="at"/>. One that was served is a cut, and its client has something to recover.</summary>
    public void Fail(Ticket ticket, Outcome outcome, long at)
    {
        ref var timings = ref ticket.Timings;
        timings.EndHold(at, out var wasHolding);
        if (timings.FirstReply != 0 || wasHolding)
        {
            _tallies[ticket.Endpoint].RecordCut();
            timings.CutAt = at;
        }

        if (outcome is not (Outcome.LocalExhausted or Outcome.Crashed))
        {
            _absences[ticket.Endpoint].Fail(at, isConnect: timings.Connected == 0);
        }
    }

    /// <summary>The attempt that was under way, if there was one, has no socket any more.</summary>
    public void End(Ticket ticket, bool isAborted)
    {
        _tallies[ticket.Endpoint].RecordSocket(ticket.Timings.Connected != 0, isAborted);
        _underWay -= ticket.IsUnderWay ? 1 : 0;
        ticket.IsUnderWay = false;
        StopWaiting(ticket);
    }

    /// <summary>The client waits for its next attempt.</summary>
    public void Wait(Ticket ticket)
    {
        ticket.IsWaiting = true;
        _tallies[ticket.Endpoint].RecordWaiting(begins: true);
    }

    /// <summary>Everything since the last report, to be sent; with the endpoints that are absent now.</summary>
    public IReadOnlyList<TallyData> Take()
    {
        for (var endpoint = 0; endpoint < _absences.Length; endpoint++)
        {
            if (_absences[endpoint] is var absence && absence.IsAbsent(out var first, out var last))
            {
                _tallies[endpoint].RecordAbsence(absence.Tell(first, last, _secondsOfRun));
            }
        }

        return _tallies.Take();
    }

    private void Recover(Ticket ticket, long at)
    {
        if (ticket.Timings.CutAt != 0)
        {
            _tallies[ticket.Endpoint].RecordStep(Step.Recovery, ticket.Timings.CutAt, at);
            ticket.Timings.CutAt = 0;
        }
    }

    private void StopWaiting(Ticket ticket)
    {
        if (ticket.IsWaiting)
        {
            ticket.IsWaiting = false;
            _tallies[ticket.Endpoint].RecordWaiting(begins: false);
        }
    }
}
