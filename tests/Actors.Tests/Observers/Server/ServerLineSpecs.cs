using System.Net.Sockets;
using ActorLoad.Observers.Server;
using ActorLoad.Peers.Faults;
using ActorLoad.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Server;

public class ServerLineSpecs
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Stray_answer_between_two_questions_is_not_the_answer_to_the_second()
    {
        var stray = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadCommandAsync(stop);
            await connection.SendAsync("+PONG\r\n", stop);
            await stray.Task.WaitAsync(stop);
            await connection.SendAsync("+PONG\r\n", stop);
            await connection.DrainAsync(stop);
        });
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(peer.EndPoint);
        using var line = new ServerLine(socket, TimeProvider.System);
        Assert.Equal(["PONG"], (await line.AskAsync(RespCommand.Encode("PING")).WaitAsync(_patience))!.Texts);
        stray.SetResult();
        Assert.Equal("sent an answer to no question", await line.Ended.WaitAsync(_patience));

        Assert.Null(await line.AskAsync(RespCommand.Encode("INFO")).WaitAsync(_patience));
        Assert.Equal("sent an answer to no question", line.End);
    }
}
