using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ActorLoad.Peers.Faults;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>What the specs of the contract share: a loop of the transport that is put to the test, and a probe that owns its links.</summary>
public abstract class TransportSpecs() : TestKit("akka.loglevel = WARNING")
{
    /// <summary>Longer than anything here takes; no test waits for it to pass.</summary>
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private protected static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(100);

    private protected static readonly SocketSettings Abortive = new(CloseMode.Abort, KeepAlive: false, NoDelay: true, ReceiveBuffer: 4096);

    private protected const string Ping = "*1\r\n$4\r\nPING\r\n";

    private TransportLoop? _loop;

    private protected TransportLoop Loop => _loop ??= CreateLoop(TimeProvider.System, Failures.Enqueue);

    private protected TestProbe Owner => field ??= CreateTestProbe();

    /// <summary>What work on the loop threw.</summary>
    private protected ConcurrentQueue<Exception> Failures { get; } = new();

    /// <summary>A new loop; the test disposes it.</summary>
    private protected abstract TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure);

    protected override void AfterAll()
    {
        _loop?.Dispose(); // none where the test was skipped
        base.AfterAll();
    }

    private protected Task<Link> OpenAsync(IPEndPoint target, SocketSettings? settings = null, TimeSpan? timeout = null) =>
        Loop.OnLoopAsync(() => Loop.Open(Owner, new LinkRequest(target, settings ?? Abortive, Loop.Deadline(timeout ?? Patience))));

    private protected async Task<Link> ConnectAsync(FaultPeer peer, SocketSettings? settings = null)
    {
        var link = await OpenAsync(peer.EndPoint, settings);
        await ConnectedAsync(link);
        return link;
    }

    private protected async Task ConnectedAsync(Link link) => Assert.Same(link, (await Owner.ExpectMsgAsync<Connected>(Patience)).Link);

    private protected Task BeginExchangeAsync(Link link, string text, TimeSpan? timeout = null) =>
        Loop.OnLoopAsync(() => link.Exchange(Write(text, link), Loop.Deadline(timeout ?? Patience)));

    /// <summary>Puts a command where the next exchange takes it from; tells its length. On the loop.</summary>
    private protected static int Write(string text, Link link) => Encoding.ASCII.GetBytes(text, link.Outgoing(text.Length));

    private protected Task BeginReceiveAsync(Link link, TimeSpan? timeout = null) =>
        Loop.OnLoopAsync(() => link.Receive(Loop.Deadline(timeout ?? Patience)));

    /// <summary>What the receive under way brings.</summary>
    private protected async Task<string> ReceivedAsync(Link link)
    {
        Assert.Same(link, (await Owner.ExpectMsgAsync<Received>(Patience)).Link);
        return await Loop.OnLoopAsync(() => Encoding.ASCII.GetString(link.Incoming));
    }

    private protected async Task FailsAsync(Link link, LinkFault fault)
    {
        var failed = await Owner.ExpectMsgAsync<LinkFailed>(Patience);
        Assert.Same(link, failed.Link);
        Assert.Equal(fault, failed.Fault);
    }

    private protected Task CloseAsync(Link link) => Loop.OnLoopAsync(link.Close);

    /// <summary>Nothing came to the owner, nor does anything wait on the loop for it.</summary>
    private protected async Task HeardNothingAsync()
    {
        await Loop.OnLoopAsync(() => Owner.Ref.Tell("fence", ActorRefs.NoSender));
        Assert.Equal("fence", await Owner.ReceiveOneAsync(Patience));
    }
}
