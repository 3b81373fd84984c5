using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace ActorLoad.Transport;

/// <summary>A mailbox for short-lived actors with one message at a time: it costs 48 bytes until a second message waits.</summary>
/// <remarks>Akka's unbounded mailbox costs 1.3 KB for each actor, in its padding and its first 32 places.</remarks>
public sealed class LoopMailbox : MailboxType, IProducesMessageQueue<LoopMessageQueue>
{
    /// <summary>For <see cref="Props.WithMailbox"/>; defined in <c>loops.conf</c>.</summary>
    public const string Id = "actorload-loop-mailbox";

    /// <summary>Made by Akka.</summary>
    public LoopMailbox(Settings settings, Config config)
        : base(settings, config)
    {
    }

    /// <inheritdoc />
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new LoopMessageQueue();
}

/// <summary>Messages in the order in which they came, from any thread.</summary>
public sealed class LoopMessageQueue : IMessageQueue
{
    private Envelope _first;
    private Queue<Envelope>? _others;
    private int _count;

    /// <inheritdoc />
    public bool HasMessages => Count > 0;

    /// <inheritdoc />
    public int Count => Volatile.Read(ref _count);

    /// <inheritdoc />
    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        lock (this) // no other code can lock this object: Akka keeps it in the mailbox
        {
            if (_count++ == 0)
            {
                _first = envelope;
            }
            else
            {
                (_others ??= new Queue<Envelope>()).Enqueue(envelope);
            }
        }
    }

    /// <inheritdoc />
    public bool TryDequeue(out Envelope envelope)
    {
        envelope = default;
        if (!HasMessages)
        {
            return false; // only the mailbox takes messages, one thread at a time: no message can vanish after this look
        }

        lock (this)
        {
            _count--;
            envelope = _first;
            _first = _others is { Count: > 0 } others ? others.Dequeue() : default;
            return true;
        }
    }

    /// <inheritdoc />
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
        {
            deadletters.Enqueue(owner, envelope);
        }
    }
}
