using System.Text;
using ActorLoad.Transport;

namespace ActorLoad.Actors.Tests.Transport.Model;

/// <summary>The model: which answers an operation of a link may have, by what its peer does.</summary>
internal sealed class ModelAnswers(int number, ConnectionCase connection)
{
    private int _commands;
    private int _received;
    private OperationKind _kind;
    private HashSet<LinkFault> _faults = [];
    private bool _canSucceed;

    /// <summary>True if the deadline of the operation passes.</summary>
    public bool IsBrief { get; private set; }

    /// <summary>False if the operation may wait for ever: for an answer, or for a peer that reads so long a command.</summary>
    public bool MustEnd => IsBrief || ((_canSucceed || _faults.Count > 0) && (_kind != OperationKind.LongExchange || connection.Peer.Reads(_commands)));

    /// <summary>The next operation, and what may come of it.</summary>
    public void Begin(Operation operation)
    {
        (_kind, IsBrief) = (operation.Kind, operation.IsBrief);
        _commands += _kind is OperationKind.Exchange or OperationKind.LongExchange ? 1 : 0;
        (_canSucceed, _faults) = _kind == OperationKind.Connect ? Connect() : Converse();
        if (IsBrief)
        {
            _faults.Add(LinkFault.TimedOut);
        }
    }

    /// <summary>What is wrong with an answer; null if nothing is.</summary>
    public string? Check(object answer, Link? link) => answer switch
    {
        Connected connected => connected.Link != link || _kind != OperationKind.Connect || !_canSucceed ? Wrong(answer) : null,
        Received received => received.Link != link || _kind == OperationKind.Connect || !_canSucceed ? Wrong(answer) : Read(received.Link.Incoming),
        LinkFailed failed => failed.Link != link || !_faults.Contains(failed.Fault) ? Wrong(answer) : null,
        _ => Wrong(answer),
    };

    public override string ToString() =>
        $"{_kind} after {_commands} commands and {_received} bytes, which can {(_canSucceed ? "succeed" : "not succeed")} or end as [{string.Join(' ', _faults)}]";

    private (bool CanSucceed, HashSet<LinkFault> Faults) Connect() => connection.Target switch
    {
        TargetKind.Refusing => (false, [LinkFault.Refused]),
        TargetKind.Silent => (false, []),

        // The kernel accepts before the peer does; a RST may still be faster than the news of it.
        _ => (true, connection.Peer.SaidAfter(0, number).End == PeerEnd.Rst ? [LinkFault.Reset] : []),
    };

    private (bool CanSucceed, HashSet<LinkFault> Faults) Converse()
    {
        var (said, end) = connection.Peer.SaidAfter(_commands, number);
        var hasMore = said.Length > _received;
        return (hasMore, end switch
        {
            PeerEnd.Fin when !hasMore => [LinkFault.PeerClosed],
            PeerEnd.Rst => [LinkFault.Reset], // it may be there before what was said has been heard, or a command sent
            _ => [],
        });
    }

    private string? Read(ReadOnlySpan<byte> bytes)
    {
        var (said, _) = connection.Peer.SaidAfter(_commands, number);
        var text = Encoding.ASCII.GetString(bytes);
        var isRight = bytes.Length > 0 && bytes.Length <= connection.Socket.ReceiveBuffer
            && said.AsSpan(_received).StartsWith(text, StringComparison.Ordinal);
        _received += bytes.Length;
        return isRight ? null : $"\"{text}\" was received, which its peer did not say";
    }

    private static string Wrong(object answer) => $"{answer} came";
}
