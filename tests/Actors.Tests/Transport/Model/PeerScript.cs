using System.Collections.Immutable;
using System.Globalization;
using ActorLoad.Peers.Faults;

namespace ActorLoad.Actors.Tests.Transport.Model;

/// <summary>What a peer does when it has accepted, or when it has read a command.</summary>
internal enum PeerAct
{
    /// <summary>Waits for the next command.</summary>
    Nothing,
    Answer,
    AnswerInFragments,
    AnswerAtLength,
    AnswerAndFinish,
    AnswerAndReset,
    Garbage,
    Finish,
    Reset,

    /// <summary>Reads nothing more and says nothing more.</summary>
    Hang,
}

/// <summary>How what a peer says ends.</summary>
internal enum PeerEnd
{
    None,
    Fin,
    Rst,
}

/// <summary>A peer for one connection: what it does at once, then at each command; after the last one it reads on and is silent.</summary>
internal sealed record PeerScript(PeerAct AtOnce, ImmutableArray<PeerAct> AtCommands)
{
    /// <summary>What it says to a client that has sent so many commands, and how that ends: the same bytes whenever it is asked, others for
    /// each connection.</summary>
    public (string Text, PeerEnd End) SaidAfter(int commands, int connection)
    {
        var text = "";
        foreach (var (act, index) in Acts.Take(commands + 1).Select((act, index) => (act, index)))
        {
            text += Words(act, connection, index);
            switch (act)
            {
                case PeerAct.Finish or PeerAct.AnswerAndFinish: return (text, PeerEnd.Fin);
                case PeerAct.Reset or PeerAct.AnswerAndReset: return (text, PeerEnd.Rst);
                case PeerAct.Hang: return (text, PeerEnd.None);
            }
        }

        return (text, PeerEnd.None);
    }

    /// <summary>False if it has stopped reading before it has read so many commands.</summary>
    public bool Reads(int commands) => !Acts.Take(commands).Contains(PeerAct.Hang);

    /// <summary>A real listener that does it.</summary>
    public FaultPeer Listen(int number) => FaultPeer.Scripted((connection, stop) => ServeAsync(connection, number, stop));

    public override string ToString() => $"[{string.Join(' ', Acts)}]";

    private ImmutableArray<PeerAct> Acts => [AtOnce, .. AtCommands];

    private static string Words(PeerAct act, int connection, int index)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{connection}.{index}");
        return act switch
        {
            PeerAct.Answer or PeerAct.AnswerInFragments or PeerAct.AnswerAndFinish or PeerAct.AnswerAndReset => $"+{name}\r\n",
            PeerAct.AnswerAtLength => $"${5_000 * (name.Length + 1)}\r\n{string.Concat(Enumerable.Repeat(name + ",", 5_000))}\r\n",
            PeerAct.Garbage => $"\0HTTP/1.1 {name} \u007f\n\n",
            _ => "",
        };
    }

    private async Task ServeAsync(PeerConnection connection, int number, CancellationToken stop)
    {
        foreach (var (act, index) in Acts.Select((act, index) => (act, index)))
        {
            if (index > 0 && await connection.ReadCommandAsync(stop) is null)
            {
                return;
            }

            if (!await DoAsync(connection, act, Words(act, number, index), stop))
            {
                return;
            }
        }

        await connection.DrainAsync(stop);
    }

    /// <summary>False if nothing comes after it.</summary>
    private static async Task<bool> DoAsync(PeerConnection connection, PeerAct act, string words, CancellationToken stop)
    {
        foreach (var part in act == PeerAct.AnswerInFragments ? words.Select(letter => $"{letter}") : [words])
        {
            await connection.SendAsync(part, stop);
        }

        switch (act)
        {
            case PeerAct.Finish or PeerAct.AnswerAndFinish:
                await connection.FinishAsync(stop);
                return false;
            case PeerAct.Reset or PeerAct.AnswerAndReset:
                connection.Abort();
                return false;
            case PeerAct.Hang:
                await Task.Delay(Timeout.Infinite, stop);
                return false;
            default:
                return true;
        }
    }
}
