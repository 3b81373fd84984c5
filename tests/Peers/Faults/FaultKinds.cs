using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ActorLoad.Peers.Kernel;

namespace ActorLoad.Peers.Faults;

/// <content>What can be wrong with a peer. "After n commands": n - 1 are answered well, then the fault takes the place of the nth reply;
/// 0 is right after the accept.</content>
public sealed partial class FaultPeer
{
    private const int Backlog = 4096;

    /// <summary>Nobody listens: refused. The port stays bound, so that the kernel gives it to nobody else.</summary>
    public static FaultPeer ClosedPort() => new(null, null);

    /// <summary>Nothing is wrong: every command is answered.</summary>
    public static FaultPeer Answering() => Scripted((connection, stop) => connection.AnswerAsync(int.MaxValue, stop));

    /// <summary>Answers each client's first command with <c>+PONG</c> when <paramref name="moment"/> has come, for all at once, and nothing else.</summary>
    public static FaultPeer AnsweringAt(Task moment) => Scripted(async (connection, stop) =>
    {
        await connection.ReadCommandAsync(stop);
        await moment.WaitAsync(stop);
        await connection.SendAsync("+PONG\r\n", stop);
        await connection.DrainAsync(stop);
    });

    /// <summary>Any other fault; a script that returns ends its connection.</summary>
    public static FaultPeer Scripted(Func<PeerConnection, CancellationToken, Task> script) => new(Backlog, script);

    /// <summary>Ends with a RST.</summary>
    public static FaultPeer Resetting(int afterCommands = 0) => After(afterCommands, (connection, _) =>
    {
        connection.Abort();
        return Task.CompletedTask;
    });

    /// <summary>Ends with a FIN.</summary>
    public static FaultPeer Closing(int afterCommands = 0) => After(afterCommands, (connection, stop) => connection.FinishAsync(stop));

    /// <summary>Accepts and never says anything.</summary>
    public static FaultPeer Hanging(int afterCommands = 0) => After(afterCommands, (connection, stop) => connection.DrainAsync(stop));

    /// <summary>Answers in another protocol.</summary>
    public static FaultPeer Garbage() => After(1, async (connection, stop) =>
    {
        await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", stop);
        await connection.DrainAsync(stop);
    });

    /// <summary>Sends <c>$10 CR LF abc</c> of a reply of ten bytes, then silence, or a FIN.</summary>
    public static FaultPeer HalfReply(bool thenClose = false) => After(1, async (connection, stop) =>
    {
        await connection.SendAsync("$10\r\nabc", stop);
        await (thenClose ? connection.FinishAsync(stop) : connection.DrainAsync(stop));
    });

    /// <summary>Answers every command with a bulk string of <paramref name="bytes"/> bytes.</summary>
    public static FaultPeer HugeReply(long bytes) => ForEachCommand(async (connection, stop) =>
    {
        await connection.SendAsync(string.Create(CultureInfo.InvariantCulture, $"${bytes}\r\n"), stop);
        var block = new byte[64 * 1024];
        Array.Fill(block, (byte)'x');
        for (var left = bytes; left > 0; left -= block.Length)
        {
            await connection.SendAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)), stop);
        }

        await connection.SendAsync("\r\n", stop);
    });

    /// <summary>Answers every command well, one byte in each write.</summary>
    public static FaultPeer Dribble() => Scripted(async (connection, stop) =>
    {
        while (await connection.ReadCommandAsync(stop) is { } command)
        {
            foreach (var one in Encoding.ASCII.GetBytes(PeerConnection.ReplyTo(command)))
            {
                await connection.SendAsync(new[] { one }, stop);
            }
        }
    });

    /// <summary>Answers every command with an error; <paramref name="text"/> is without minus sign and line end.</summary>
    public static FaultPeer ErrorReply(string text) => ForEachCommand((connection, stop) => connection.SendAsync($"-{text}\r\n", stop));

    /// <summary>Says an error unasked and ends with a FIN, as a server does that has its maximum of clients.</summary>
    public static FaultPeer ErrorOnAccept(string text) => Scripted(async (connection, stop) =>
    {
        await connection.SendAsync($"-{text}\r\n", stop);
        await connection.FinishAsync(stop);
    });

    /// <summary>Listens, never accepts, and its queue is full: SYNs stay unanswered. Linux only.</summary>
    public static async Task<FaultPeer> NotAcceptingAsync()
    {
        var peer = new FaultPeer(0, null);
        try
        {
            // A queue of length 0 takes one connection.
            peer._filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await peer._filler.ConnectAsync(peer.EndPoint);
            await SocketTable.UntilQueuedAsync(peer.Port, 1);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    private static FaultPeer After(int commands, Func<PeerConnection, CancellationToken, Task> fault) => Scripted(async (connection, stop) =>
    {
        if (await connection.AnswerAsync(commands - 1, stop) && (commands == 0 || await connection.ReadCommandAsync(stop) is not null))
        {
            await fault(connection, stop);
        }
    });

    private static FaultPeer ForEachCommand(Func<PeerConnection, CancellationToken, Task> reply) => Scripted(async (connection, stop) =>
    {
        while (await connection.ReadCommandAsync(stop) is not null)
        {
            await reply(connection, stop);
        }
    });
}
