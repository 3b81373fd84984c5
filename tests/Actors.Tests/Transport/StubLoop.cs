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

    /// <summary>True once it has been disposed of.</summary>
    public bool IsDisposed => Disposals > 0;

    /// <summary>How often.</summary>
    public int Disposals { get; private set; }

    /// <summary>True keeps all work waiting.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>What waits.</summary>
    public Queue<IRunnable> Waiting { get; } = [];

    public override long WorkDone => Done;

    /// <summary>What it says of the work that it has done.</summary>
    public long Done { get; set; }

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

    public override void Execute(IRunnable work)
    {
        if (IsBlocked)
        {
            Waiting.Enqueue(work);
            return;
        }

        work.Run();
        Done++;
    }

    public override void ExecuteNextTurn(IRunnable work) => work.Run();

    public override Link Open(IActorRef owner, in LinkRequest request) => throw new NotSupportedException("there is no network here");

    protected override void SetAlarm(long due)
    {
        AlarmsSet++;
        _alarm = due;
    }

    protected override void Dispose(bool disposing) => Disposals++;
}
