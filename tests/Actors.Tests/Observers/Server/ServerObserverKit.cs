using System.Globalization;
using System.Net;
using ActorLoad.Actors.Tests.Peers;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;
using ActorLoad.Peers;
using ActorLoad.Resp;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Actors.Tests.Observers.Server;

/// <summary>An observer of a real server, its parent, and clients of that server.</summary>
public abstract class ServerObserverKit() : TestKit("akka.loglevel = WARNING")
{
    /// <summary>Longer than anything here takes; no test waits for it to pass.</summary>
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private protected static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);

    private protected TestProbe Parent => field ??= CreateTestProbe();

    private protected IActorRef Observer { get; private set; } = ActorRefs.Nobody;

    /// <summary>Starts one and waits until it is ready.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="credentials">Null for none.</param>
    /// <param name="limit">How long an answer may take; longer than it ever does if null.</param>
    /// <param name="others">1 for the connection over which a <see cref="RedisServer"/> is asked by the test.</param>
    private protected async Task StartAsync(Endpoint endpoint, Credentials? credentials = null, TimeSpan? limit = null, int others = 1)
    {
        var settings = new ServerObserverSettings(Often, limit ?? Patience, others);
        Observer = Parent.ChildActorOf(ServerObserver.Props(2, endpoint, credentials ?? Credentials.None, settings, TimeProvider.System));
        Parent.Watch(Observer);
        Assert.Equal("server-2", (await Parent.ExpectMsgAsync<ObserverReady>(Patience)).Observer);
    }

    private protected void Begin() => Observer.Tell(StormBegins.Instance);

    private protected Task<ServerObserved> EndAsync() => ConcludeAsync(StormEnded.Instance);

    /// <summary>The last word of the observer, after which it is gone.</summary>
    private protected async Task<ServerObserved> ConcludeAsync(object how)
    {
        Observer.Tell(how);
        var observed = await Parent.ExpectMsgAsync<ServerObserved>(Patience);
        await Parent.ExpectTerminatedAsync(Observer, Patience);
        Assert.Equal(2, observed.Index);
        return observed;
    }

    /// <summary>A ledger and nothing wrong with it.</summary>
    private protected async Task<ServerLedger> HealthyEndAsync()
    {
        var observed = await EndAsync();
        Assert.Empty(observed.Unseen);
        Assert.InRange(observed.OwnConnections, 0, 1); // the one that it has, if the storm begins at once
        var ledger = Assert.IsType<ServerLedger>(observed.Ledger);
        Assert.Empty(ledger.Losses);
        Assert.Empty(ledger.Restarts);
        Assert.Empty(ledger.Resets);
        return ledger;
    }

    /// <summary>So many connections one after the other, each used and aborted.</summary>
    private protected static async Task ComeAndGoAsync(IPEndPoint target, int connections)
    {
        for (var i = 0; i < connections; i++)
        {
            (await StayAsync(target)).Abort();
        }
    }

    private protected static async Task<RawClient> StayAsync(IPEndPoint target)
    {
        var client = await RawClient.ConnectAsync(target);
        await client.PingAsync();
        Assert.Equal("+PONG\r\n", await client.ReadAsync(7));
        return client;
    }

    /// <summary>Waits until the observer has asked and been answered at least once more.</summary>
    private protected static async Task AskedAgainAsync(RedisServer redis)
    {
        using var limit = new CancellationTokenSource(Patience);
        var (before, own) = (await CallsOfInfoAsync(redis), 0);
        do
        {
            limit.Token.ThrowIfCancellationRequested();
            own++;
        }
        while (await CallsOfInfoAsync(redis) - own < before + 2); // the second comes after the reply to the first
    }

    private static async Task<long> CallsOfInfoAsync(RedisServer redis)
    {
        var calls = (await redis.InfoAsync("commandstats"))["cmdstat_info"].Split(',')[0];
        return long.Parse(calls["calls=".Length..], CultureInfo.InvariantCulture);
    }
}
