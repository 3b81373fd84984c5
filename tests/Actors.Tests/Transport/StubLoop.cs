using ActorLoad.Transport;
using Akka.Actor;
using Akka.Dispatch;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>A loop without a network: its alarm goes off when the test says so.</summary>
internal sealed class StubLoop(ManualTime time) : TransportLoop(time)
{
    private long _alarm = long.MaxValue;

    /// <summary>How often an alarm was asked for.</summary>
    public int AlarmsSet { get; private set; }

    /// <summary>What it says of its queues.</summary>
    public QueueCounts? Counted { get; set; }

    public override QueueCounts? Queues => Counted;

    /// <summary>Moves the clock, and sweeps whenever the alarm is due by then.</summary>
    public void Advance(TimeSpan span)
    {
        time.Advance(span);
        while (_alarm <= Now)
        {
            _alarm = long.MaxValue;
            SweepTimers();
        }
    }

    public override void Execute(IRunnable work) => work.Run();

    public override void ExecuteNextTurn(IRunnable work) => work.Run();

    public override Link Open(IActorRef owner, in LinkRequest request) => throw new NotSupportedException("there is no network here");

    protected override void SetAlarm(long due)
    {
        AlarmsSet++;
        _alarm = due;
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing to free.
    }
}
