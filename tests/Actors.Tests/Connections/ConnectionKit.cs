using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Resp;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>One connection on a real loop of one transport, and a probe that hears how it ends.</summary>
public abstract class ConnectionKit(string transport) : TestKit("akka.loglevel = WARNING")
{
    private protected LoopDispatcher Dispatcher => field ??= LoopsOf.Get(Sys, transport);

    private protected TransportLoop Loop => Dispatcher.Loop;

    private protected TestProbe Supervisor => field ??= CreateTestProbe();

    /// <summary>How the connections of the spec sign in.</summary>
    private protected Credentials Credentials { get; set; } = Credentials.None;

    private protected ConnectionRecord Entry { get; } = new(Given.Share(7), client: 42, due: 1);

    /// <summary>A connection to <paramref name="peer"/> that has not been told to open yet.</summary>
    private protected Task<IActorRef> CreateAsync(FaultPeer peer, ConnectionSettings settings, int restarts = 0) => CreateAsync(peer.EndPoint, settings, restarts);

    /// <summary>The same to another server.</summary>
    private protected async Task<IActorRef> CreateAsync(Endpoint target, ConnectionSettings settings, int restarts)
    {
        var session = Session.Of(Credentials, settings);
        var plan = await Loop.OnLoopAsync(() =>
        {
            var lane = new LaneSettings(0, RunClock.StartNow(Loop.Time), 1, Seed: 1, settings, session, [target], Given.Policy(Given.Stop), Supervisor);
            return ConnectionPlan.For(new LaneRecord(lane, Loop), Loop, settings, session);
        });
        return Sys.ActorOf(RecordingSupervisor.Props(plan, Dispatcher.DispatcherId, Supervisor, restarts));
    }

    private protected Task<IActorRef> OpenAsync(FaultPeer peer, ConnectionSettings settings, int restarts = 0) => OpenAsync(peer.EndPoint, settings, restarts);

    private protected async Task<IActorRef> OpenAsync(Endpoint target, ConnectionSettings settings, int restarts)
    {
        var connection = await CreateAsync(target, settings, restarts);
        connection.Tell(new Open(Entry, 0));
        return connection;
    }

    /// <summary>It says that it ended, once, and is gone.</summary>
    private protected async Task EndsAsync(Outcome outcome)
    {
        Assert.Equal(new ConnectionEnded(Entry, outcome), await Supervisor.ExpectMsgAsync<ConnectionEnded>(Given.Patience));
        Assert.Equal("terminated", await Supervisor.ReceiveOneAsync(Given.Patience));
    }

    /// <summary>It throws, and is gone.</summary>
    private protected async Task<ConnectionFailedException> FailsAsync(Outcome outcome)
    {
        var failure = await ThrowsAsync(outcome);
        Assert.Equal("terminated", await Supervisor.ReceiveOneAsync(Given.Patience));
        return failure;
    }

    /// <summary>It throws, and its supervisor decides.</summary>
    private protected async Task<ConnectionFailedException> ThrowsAsync(Outcome outcome)
    {
        var failure = Assert.IsType<ConnectionFailedException>(await Supervisor.ReceiveOneAsync(Given.Patience), exactMatch: false);
        Assert.Equal(outcome, failure.Outcome);
        Assert.Same(Entry, failure.Entry);
        return failure;
    }

    /// <summary>No socket of ours to <paramref name="peer"/> is left, in no state of a client that still holds it.</summary>
    private protected static Task NoSocketIsLeftAsync(FaultPeer peer) => SocketTable.UntilAsync(table =>
        !table.Rows.Any(row => row.RemotePort == peer.Port && row.State is SocketState.SynSent or SocketState.Established or SocketState.CloseWait));
}
