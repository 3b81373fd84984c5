using ActorLoad.Transport;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>A link to nowhere, that notes when it expires.</summary>
internal sealed class StubLink(List<StubLink>? expired = null) : Link
{
    public override ReadOnlySpan<byte> Incoming => default;

    public override Span<byte> Outgoing(int size) => new byte[size];

    public override bool IsPending => Queue is not null;

    public override bool IsClosed => false;

    public override void Exchange(int size, DeadlineQueue deadline) => deadline.Enter(this);

    public override void Finish(DeadlineQueue deadline) => deadline.Enter(this);

    public override void Receive(DeadlineQueue? deadline) => deadline?.Enter(this);

    public override void Close() => DeadlineQueue.Leave(this);

    public override PeerEnd Look() => PeerEnd.None;

    public override void Reset() => Close();

    protected internal override void Expire() => expired?.Add(this);
}
