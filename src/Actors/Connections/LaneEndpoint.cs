using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>One endpoint as one lane sees it: counts its attempts, and decides when to give it up. Confined to the lane's loop.</summary>
/// <param name="name">Address and port.</param>
/// <param name="breaker">Gives the endpoint up.</param>
/// <param name="absence">Finds the times without a connection.</param>
/// <param name="ofRun">Turns a time stamp into seconds of the run.</param>
internal sealed class LaneEndpoint(string name, Breaker breaker, AbsenceWatch absence, Func<long, double> ofRun)
{
    /// <summary>Notes an established connection. <paramref name="link"/> holds the time stamps of its SYN and its completion.</summary>
    public void Establish(ConnectionRecord entry, Link link)
    {
        ref var timings = ref entry.Timings;
        var tally = entry.Tally;
        (timings.SynSent, timings.Connected) = (link.SentAt, link.CompletedAt);
        if (absence.TryEnd(out var first, out var last))
        {
            tally.RecordAbsence(absence.Tell(first, last, ofRun));
        }

        tally.RecordEstablished();
        tally.RecordStep(Step.LoopLag, timings.AttemptStarted, timings.SynSent);
        tally.RecordStep(Step.Connect, timings);
        breaker.Establish();
    }

    /// <summary>Notes a TLS handshake. <paramref name="link"/> holds the time stamps of its ClientHello and of the last answer.</summary>
    public static void Secure(ConnectionRecord entry, Link link, bool isResumed)
    {
        ref var timings = ref entry.Timings;
        var tally = entry.Tally;
        (timings.HelloSent, timings.Secured) = (link.SentAt, link.CompletedAt);
        tally.RecordHandshake(isResumed);
        tally.RecordStep(Step.LoopLag, timings.Connected, link.SentAt);
        tally.RecordStep(Step.Tls, timings);
    }

    /// <summary>Notes that a use takes over an established connection.</summary>
    public void Borrow() => breaker.Establish();

    /// <summary>Notes that this connection was stale.</summary>
    public void Return() => breaker.Leave(wasServed: false);

    /// <summary>Notes the whole reply to the setup. <paramref name="link"/> holds the time stamps of both.</summary>
    public static void SetUp(ConnectionRecord entry, Link link)
    {
        ref var timings = ref entry.Timings;
        var tally = entry.Tally;
        (timings.SetupSent, timings.SetupDone) = (link.SentAt, link.CompletedAt);
        tally.RecordAnswered();
        tally.RecordStep(Step.LoopLag, timings.Open, link.SentAt);
        tally.RecordStep(Step.Setup, timings);
    }

    /// <summary>Notes the whole reply to a command of the script. <paramref name="link"/> holds the time stamps of both.</summary>
    public static void Answer(ConnectionRecord entry, Link link)
    {
        ref var timings = ref entry.Timings;
        var tally = entry.Tally;
        var ready = timings.Resumed != 0 ? timings.Resumed : timings.LastReply != 0 ? timings.LastReply : timings.Ready;
        tally.RecordStep(Step.LoopLag, ready, link.SentAt);
        (timings.LastReply, timings.Resumed) = (link.CompletedAt, 0);
        if (timings.FirstReply == 0)
        {
            (timings.FirstSent, timings.FirstReply) = (link.SentAt, link.CompletedAt);
            if (timings.SetupDone == 0 && !timings.IsBorrowed)
            {
                tally.RecordAnswered();
            }

            tally.RecordStep(Step.FirstReply, timings);
            Recover(entry, timings.FirstReply);
        }
    }

    /// <summary>Notes the end of the script. A hold may follow.</summary>
    public void Serve(ConnectionRecord entry)
    {
        ref var timings = ref entry.Timings;
        timings.HoldStarted = timings.LastReply != 0 ? timings.LastReply : timings.Ready;
        entry.Tally.RecordStep(Step.Script, timings);
        if (!entry.IsServed)
        {
            entry.IsServed = true;
            entry.Tally.RecordStep(Step.Total, timings);
        }

        breaker.Serve(timings.HoldStarted);
        Recover(entry, timings.HoldStarted); // for an empty script
    }

    /// <summary>Notes the end of a connection, unless a failed attempt ended it.</summary>
    public void End(ConnectionRecord entry, Outcome outcome, long now)
    {
        if (outcome == Outcome.Succeeded)
        {
            breaker.Succeed(now);
        }
        else if (entry.Timings.Connected != 0)
        {
            breaker.Leave(wasServed: entry.Timings.HoldStarted != 0);
        }
    }

    /// <summary>Notes a failed attempt. Returns the reason if the endpoint is given up for it, else null.</summary>
    public string? Fail(ConnectionFailedException failure, long now)
    {
        var (entry, at) = (failure.Entry, failure.At != 0 ? failure.At : now);
        var (wasEstablished, wasServed) = (entry.Timings.Connected != 0, entry.Timings.HoldStarted != 0);
        entry.Tally.RecordAttemptFailure(failure.Outcome);
        if (failure is RejectedException rejected)
        {
            entry.Tally.RecordRejection(rejected.Prefix);
        }

        if (failure is TlsFailedException { Reason: var reason })
        {
            entry.Tally.RecordTlsFailure(reason);
        }

        if (failure is ProtocolErrorException strange)
        {
            entry.Tally.RecordStrangeReply(name, strange.Reply);
        }

        Cut(entry, at);
        if (failure.Outcome is not (Outcome.LocalExhausted or Outcome.Crashed))
        {
            absence.Fail(at, isConnect: !wasEstablished);
        }

        return breaker.Fail(failure.Outcome, wasEstablished, wasServed, now) ? breaker.Reason : null;
    }

    /// <summary>Records an absence that still lasts in <paramref name="tally"/>.</summary>
    public void TellAbsence(Tally tally)
    {
        if (absence.IsAbsent(out var first, out var last))
        {
            tally.RecordAbsence(absence.Tell(first, last, ofRun));
        }
    }

    // A served connection that is cut must recover. A failure on its way back is not another cut.
    private static void Cut(ConnectionRecord entry, long at)
    {
        ref var timings = ref entry.Timings;
        timings.EndHold(at, out var wasHolding);
        if (timings.SetupDone != 0 || timings.FirstReply != 0 || wasHolding)
        {
            entry.Tally.RecordCut();
            timings.CutAt = at;
        }
    }

    private static void Recover(ConnectionRecord entry, long at)
    {
        if (entry.Timings.CutAt != 0)
        {
            entry.Tally.RecordStep(Step.Recovery, entry.Timings.CutAt, at);
            entry.Timings.CutAt = 0;
        }
    }
}
