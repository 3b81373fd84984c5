using System.Globalization;
using Akka.Actor;
using Akka.Dispatch;

namespace ActorLoad.Connections;

/// <summary>
/// Makes children of one kind: what <c>Context.ActorOf</c> does, but for what it looks up each time and is the same for all of them. They have the
/// dispatcher of their parent, and no deployment of theirs is looked for in Akka's configuration.
/// </summary>
/// <remarks>1.1 us less for each connection: its deployment by path, its mailbox by the interfaces of its type, and a random name.</remarks>
internal sealed class ChildFactory(Props props)
{
    private MailboxType? _mailbox;

    /// <summary>A child of the actor that runs now, called <paramref name="number"/>: a number that it gives only once.</summary>
    public IActorRef Create(IUntypedActorContext parent, int number)
    {
        var cell = (ActorCell)parent;
        _mailbox ??= cell.SystemImpl.Mailboxes.Lookup(props.Mailbox);
        var name = number.ToString(CultureInfo.InvariantCulture);
        var path = new ChildActorPath(cell.Self.Path, name, uid: 1 + (long)number); // 0 is no uid
        cell.ReserveChild(name);
        var child = new LocalActorRef(cell.SystemImpl, props, cell.Dispatcher, _mailbox, (IInternalActorRef)cell.Self, path);
        cell.InitChild(child);
        child.Start();
        return child;
    }
}
