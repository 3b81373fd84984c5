using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Transport;
using Akka.Actor;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>An actor on a ring that throws or blocks: the others on it lose nothing.</summary>
public sealed class RingActorSpecs : TransportSpecs
{
    private const int Links = 100;
    private const string Throw = "throw";

    private readonly ManualTime _time = new();
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _goOn = new();

    private string Dispatcher => LoopDispatchers.Of(Sys).Get("ring", _ => Loop).DispatcherId;

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(_time, reportFailure);

    [SkippableFact]
    public async Task Throwing_actor_does_not_stop_other_actors_or_their_operations()
    {
        await using var peer = FaultPeer.Answering();
        var thrower = On<Thrower>();
        var other = On<Thrower>();
        var link = await ConnectAsync(peer);
        for (var round = 0; round < 10; round++)
        {
            await BeginExchangeAsync(link, Ping);
            thrower.Tell(Throw);
            Assert.Equal(round, await other.Ask<int>(round, Patience));
            Assert.Equal("+PONG\r\n", await ReceivedAsync(link));
        }

        Assert.Equal(42, await thrower.Ask<int>(42, Patience)); // its supervisor has made it anew
        await CloseAsync(link);
        Assert.Empty(Failures); // it was its supervisor's to hear of, and not the loop's
    }

    [SkippableFact]
    public async Task Actor_that_always_throws_harms_no_other_actor()
    {
        await using var peer = FaultPeer.Hanging();
        var link = await ConnectAsync(peer);
        await BeginReceiveAsync(link, Briefly);
        var stillborn = Watch(Sys.ActorOf(Props.Create<Stillborn>().WithDispatcher(Dispatcher)));
        await ExpectTerminatedAsync(stillborn, Patience);
        _time.Advance(Briefly);
        await FailsAsync(link, LinkFault.TimedOut);
        Assert.Equal(42, await On<Thrower>().Ask<int>(42, Patience));
        await CloseAsync(link);
    }

    [SkippableFact]
    public async Task Blocking_actor_loses_no_message_and_later_deadlines_are_kept()
    {
        await using var hanging = FaultPeer.Hanging();
        await using var answering = FaultPeer.AnsweringAt(_answer.Task);
        var silent = await ConnectAsync(hanging);
        await BeginExchangeAsync(silent, Ping, Briefly);
        var links = new HashSet<Link>();
        for (var index = 0; index < Links; index++)
        {
            var link = await ConnectAsync(answering);
            await BeginExchangeAsync(link, Ping, Briefly);
            links.Add(link);
        }

        var (blocker, other) = (Sys.ActorOf(Props.Create<Blocker>(_goOn).WithDispatcher(Dispatcher)), On<Thrower>());
        blocker.Tell("block", Owner);
        await Owner.ExpectMsgAsync("blocked", Patience);
        _answer.SetResult();
        await SocketTable.UntilAsync(table => table.Rows.Count(row => row.RemotePort == answering.Port && row.ReceiveQueue == 7) == Links);
        _time.Advance(Briefly);
        var asked = Enumerable.Range(0, Links).Select(number => other.Ask<int>(number, Patience)).ToArray();
        Assert.All(asked, question => Assert.False(question.IsCompleted));
        _goOn.Set();

        Assert.Equal(Enumerable.Range(0, Links), await Task.WhenAll(asked));
        var heard = await Owner.ReceiveNAsync(Links + 2, Patience).ToListAsync();
        Assert.Contains("unblocked", heard);
        Assert.Equal(links, heard.OfType<Received>().Select(received => received.Link).ToHashSet());
        var failed = Assert.Single(heard.OfType<LinkFailed>());
        Assert.Equal((silent, LinkFault.TimedOut), (failed.Link, failed.Fault));
        await HeardNothingAsync();

        // The next deadline, too.
        var late = links.First();
        await BeginReceiveAsync(late, Briefly);
        _time.Advance(Briefly);
        await FailsAsync(late, LinkFault.TimedOut);
        Assert.Empty(Failures);
    }

    private IActorRef On<T>()
        where T : ActorBase, new() => Sys.ActorOf(Props.Create<T>().WithDispatcher(Dispatcher));

    private sealed class Thrower : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message is Throw ? throw new InvalidOperationException("on purpose") : message);
    }

    private sealed class Stillborn : UntypedActor
    {
        public Stillborn() => throw new InvalidOperationException("on purpose");

        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class Blocker(ManualResetEventSlim goOn) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            Sender.Tell("blocked");
            Sender.Tell(goOn.Wait(Patience) ? "unblocked" : "never released");
        }
    }
}
