using System.Net;
using System.Text;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Dispatch;

namespace ActorLoad.Actors.Tests.Transport.Model;

/// <summary>
/// The owner of one link: carries out its case and holds each answer against what its peer's script allows. It hears its messages in the
/// moment in which they are told, on the loop, so that "after Close" means what it says.
/// </summary>
internal sealed class ModelClient(int number, ConnectionCase connection, IPEndPoint target, TransportLoop loop, ManualTime time) : MinimalActorRef
{
    /// <summary>A deadline that passes when the clock is moved.</summary>
    private static readonly TimeSpan _brief = TimeSpan.FromSeconds(1);

    /// <summary>A deadline that never passes.</summary>
    private static readonly TimeSpan _long = TimeSpan.FromDays(100);

    private static readonly string _command = "*1\r\n$4\r\nPING\r\n";

    private static readonly string _longCommand = $"*2\r\n$4\r\nECHO\r\n${4 << 20}\r\n{new string('x', 4 << 20)}\r\n";

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ModelAnswers _model = new(number, connection);
    private Link? _link;
    private int _next;
    private bool _isPending;

    /// <summary>Done when the link is closed; fails when an answer was wrong, whatever else happens.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Whom it connects to.</summary>
    public IPEndPoint Target => target;

    /// <summary>What came that should not have come.</summary>
    public string? Wrong { get; private set; }

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "model" / $"{number}";

    public override IActorRefProvider Provider => throw new NotSupportedException("lives in no actor system");

    /// <summary>Begins; on the loop.</summary>
    public void Open()
    {
        Begin(new Operation(OperationKind.Connect, connection.IsBriefConnect), deadline =>
            _link = loop.Open(this, new LinkRequest(Target, connection.Socket, deadline)));
    }

    public override string ToString() => $"connection {number} ({connection}) at operation {_next}, {_model}";

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (_closed.Task.IsCompleted || !_isPending)
        {
            Wrong ??= $"{message} came to {this}, which {(_closed.Task.IsCompleted ? "is closed" : "had asked for nothing")}";
            return;
        }

        _isPending = false;
        OnLoop(() => Handle(message)); // as a mailbox does
    }

    private void Handle(object message)
    {
        if (_closed.Task.IsCompleted)
        {
            return; // it was closed with this answer in its mailbox
        }

        Wrong ??= _model.Check(message, _link) is { } problem ? $"{problem} at {this}" : null;
        if (Wrong is null && message is not LinkFailed && _next < connection.Operations.Length)
        {
            BeginNext(connection.Operations[_next++]);
        }
        else
        {
            CloseBy(connection.Interruption == Interruption.None ? Interruption.InTheSameTurn : connection.Interruption);
        }
    }

    private void BeginNext(Operation operation)
    {
        switch (operation.Kind)
        {
            case OperationKind.GoOn: Begin(operation with { IsBrief = _model.IsBrief }, _ => _link!.Receive(null)); break;
            case OperationKind.Receive: Begin(operation, _link!.Receive); break;
            case OperationKind.Exchange: Begin(operation, deadline => _link!.Exchange(Write(_command), deadline)); break;
            default: Begin(operation, deadline => _link!.Exchange(Write(_longCommand), deadline)); break;
        }
    }

    private int Write(string command) => Encoding.ASCII.GetBytes(command, _link!.Outgoing(command.Length));

    private void Begin(Operation operation, Action<DeadlineQueue> begin)
    {
        _isPending = true;
        _model.Begin(operation);
        begin(loop.Deadline(operation.IsBrief ? _brief : _long));
        if (operation.IsBrief)
        {
            ThreadPool.QueueUserWorkItem(_ => time.Advance(2 * _brief));
        }

        var isLast = _next == connection.Operations.Length;
        CloseBy(isLast ? connection.Interruption : Interruption.None);
        if (!_model.MustEnd)
        {
            CloseBy(Interruption.FromAnotherThread); // or it would wait for ever
        }
    }

    private void CloseBy(Interruption interruption)
    {
        switch (interruption)
        {
            case Interruption.InTheSameTurn: Close(); break;
            case Interruption.InTheNextTurn: OnLoop(Close); break;
            case Interruption.FromAnotherThread: ThreadPool.QueueUserWorkItem(_ => OnLoop(Close)); break;
        }
    }

    private void Close()
    {
        _link!.Close();
        _link.Close(); // which is safe
        _closed.TrySetResult();
    }

    private void OnLoop(Action work) => loop.Execute(new ActionRunnable(work));
}
