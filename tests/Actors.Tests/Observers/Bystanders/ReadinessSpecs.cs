using System.Net.Sockets;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

public class ReadinessSpecs
{
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Readiness_sees_a_connect_a_reply_and_an_end() => SeesAll((readiness, atMost) => readiness.Wait(atMost));

    [Fact]
    public Task Readiness_without_ppoll_sees_a_connect_a_reply_and_an_end() => SeesAll((readiness, atMost) => readiness.Select(atMost));

    [Fact]
    public void Readiness_wait_without_sockets_returns_nothing()
    {
        var readiness = new Readiness(2);
        readiness.Watch(0, null, untilConnected: false);
        readiness.Watch(1, null, untilConnected: true);
        readiness.Wait(TimeSpan.FromMicroseconds(1_100));
        readiness.Select(TimeSpan.FromMilliseconds(1));
        Assert.False(readiness.IsReady(0) || readiness.IsReady(1));
    }

    [LinuxFact]
    public void Readiness_wait_does_not_return_early()
    {
        var readiness = new Readiness(1);
        readiness.Watch(0, null, untilConnected: false);
        var wait = TimeSpan.FromMicroseconds(700); // of which Select would make nothing
        var inTime = 0;
        for (var round = 0; round < 20; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            readiness.Wait(wait);
            inTime += TimeProvider.System.GetElapsedTime(started) >= wait ? 1 : 0;
        }

        Assert.InRange(inTime, 15, 20); // a signal may end one early
    }

    private static async Task SeesAll(Action<Readiness, TimeSpan> wait)
    {
        await using var peer = FaultPeer.Closing(afterCommands: 2);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        var readiness = new Readiness(2);
        var refused = Assert.Throws<SocketException>(() => socket.Connect(peer.EndPoint));
        Assert.Equal(SocketError.WouldBlock, refused.SocketErrorCode);
        Until(untilConnected: true);

        socket.Send("*1\r\n$4\r\nPING\r\n"u8);
        Until(untilConnected: false);
        Assert.Equal(7, socket.Receive(new byte[100]));

        readiness.Watch(1, socket, untilConnected: false);
        wait(readiness, TimeSpan.FromMilliseconds(1));
        Assert.False(readiness.IsReady(1));

        socket.Send("*1\r\n$4\r\nPING\r\n"u8);
        Until(untilConnected: false);
        Assert.Equal(0, socket.Receive(new byte[100]));

        void Until(bool untilConnected)
        {
            do
            {
                readiness.Watch(0, null, untilConnected: false);
                readiness.Watch(1, socket, untilConnected);
                wait(readiness, _long);
                Assert.False(readiness.IsReady(0));
            }
            while (!readiness.IsReady(1)); // a signal may come between
        }
    }
}
