using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Dispatch;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>One loop for each run, in virtual time: see <see cref="VirtualLoop"/>.</summary>
internal sealed class VirtualTransports(ActorSystem system, TimeProvider time) : ITransportFactory
{
    private readonly LoopDispatchers _registry = LoopDispatchers.Of(system);

    /// <summary>The loop of the last run.</summary>
    public VirtualLoop Loop { get; private set; } = null!;

    /// <summary>After so long without a command the server closes a connection; null: never.</summary>
    public TimeSpan? IdleLimit { get; init; }

    public RunLoops Lease(TransportSettings settings, IReadOnlyList<Endpoint> targets)
    {
        var dispatcher = _registry.Lease("virtual", _ => new VirtualLoop(time) { IdleLimit = IdleLimit });
        Loop = (VirtualLoop)dispatcher.Loop;
        return new RunLoops(new TransportChoice("virtual", 1, "a spec plays it"), [dispatcher], _registry);
    }
}

/// <summary>A loop whose thread is the spec's and whose network is a server that answers everything with PONG after <see cref="RoundTrip"/>.</summary>
internal sealed class VirtualLoop(TimeProvider time) : TransportLoop(time)
{
    /// <summary>How long a connect and a reply take.</summary>
    public static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(20);

    /// <summary>After so long without a command the server closes a connection; null: never.</summary>
    public TimeSpan? IdleLimit { get; init; }

    private readonly Queue<IRunnable> _work = new();
    private readonly PriorityQueue<Action, long> _events = new();
    private long _alarm = long.MaxValue;
    private long _done;

    public override long WorkDone => _done;

    /// <summary>Runs all that is to be done by now.</summary>
    public void Pump()
    {
        while (true)
        {
            if (_work.TryDequeue(out var work))
            {
                work.Run();
                _done++;
            }
            else if (_events.TryPeek(out var happens, out var at) && at <= Now)
            {
                _events.Dequeue();
                happens();
            }
            else if (_alarm <= Now)
            {
                _alarm = long.MaxValue;
                SweepTimers();
            }
            else
            {
                return;
            }
        }
    }

    public override void Execute(IRunnable work) => _work.Enqueue(work);

    public override void ExecuteNextTurn(IRunnable work) => _work.Enqueue(work);

    public override Link Open(IActorRef owner, in LinkRequest request) => new VirtualLink(this, owner, request.Deadline);

    protected override void SetAlarm(long due) => _alarm = due;

    protected override void Dispose(bool disposing)
    {
    }

    private void After(TimeSpan span, Action happens) => _events.Enqueue(happens, Now + ToTicks(span));

    private sealed class VirtualLink : Link
    {
        private readonly VirtualLoop _loop;
        private readonly IActorRef _owner;
        private readonly byte[] _outgoing = new byte[64];
        private bool _isClosed;
        private bool _isPending;
        private bool _isOverdue;
        private int _begun;

        public VirtualLink(VirtualLoop loop, IActorRef owner, DeadlineQueue deadline)
        {
            (_loop, _owner) = (loop, owner);
            Begin(deadline, new Connected(this));
        }

        public override ReadOnlySpan<byte> Incoming => "+PONG\r\n"u8;

        public override Span<byte> Outgoing(int size) => _outgoing.AsSpan(0, size);

        public override bool IsPending => _isPending;

        public override bool IsClosed => _isClosed;

        public override void Exchange(int size, DeadlineQueue deadline) => Begin(deadline, new Received(this));

        public override void Finish(DeadlineQueue deadline) => Begin(deadline, new LinkFailed(this, LinkFault.PeerClosed));

        // The server sends nothing of itself: only the deadline ends this, or the server's limit.
        public override void Receive(DeadlineQueue? deadline)
        {
            _isPending = true;
            deadline?.Enter(this);
            if (_loop.IdleLimit is { } limit)
            {
                var begun = _begun;
                _loop.After(limit, () => End(new LinkFailed(this, LinkFault.PeerClosed), begun));
            }

            if (deadline is null && _isOverdue)
            {
                Expire();
            }
        }

        public override void Close()
        {
            _isClosed = true;
            DeadlineQueue.Leave(this);
        }

        public override PeerEnd Look() => PeerEnd.None;

        public override void Reset() => Close();

        // As with a real link: a deadline goes on after its operation, for the rest of the reply.
        protected internal override void Expire()
        {
            if (!_isPending)
            {
                _isOverdue = true;
                return;
            }

            CompletedAt = _loop.Now;
            _owner.Tell(new LinkFailed(this, LinkFault.TimedOut), ActorRefs.NoSender);
        }

        private void Begin(DeadlineQueue deadline, object completion)
        {
            SentAt = _loop.Now;
            (_isPending, _isOverdue) = (true, false);
            deadline.Enter(this);
            var begun = ++_begun;
            _loop.After(RoundTrip, () => End(completion, begun));
        }

        private void End(object completion, int begun)
        {
            if (!_isClosed && begun == _begun)
            {
                _isPending = false;
                CompletedAt = _loop.Now;
                _owner.Tell(completion, ActorRefs.NoSender);
            }
        }
    }
}
