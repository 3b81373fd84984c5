using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Transport;

/// <summary>Wakes an actor of a loop: it is the message itself. One alarm serves one wait after the other, and can be called off, so that a
/// loop does not keep an actor that has stopped until a time that has no meaning any more.</summary>
/// <param name="owner">Whom it wakes.</param>
internal sealed class Alarm(IActorRef owner) : IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    private IActorRef? _owner = owner;

    /// <summary>When it rings, as a time stamp of the loop's clock.</summary>
    public long Due { get; set; }

    /// <summary>It does not ring any more.</summary>
    public void CallOff() => _owner = null;

    /// <summary>The time <paramref name="due"/> has come: wakes the owner, unless another time was set since.</summary>
    public void Ring(long due)
    {
        if (due == Due)
        {
            _owner?.Tell(this, ActorRefs.NoSender);
        }
    }
}
