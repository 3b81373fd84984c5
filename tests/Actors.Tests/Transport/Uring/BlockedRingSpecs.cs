using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Akka.Dispatch;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>Work that blocks the loop, for a while or for ever.</summary>
public sealed class BlockedRingSpecs : TransportSpecs
{
    // More than one turn of the loop can take off a tiny ring, as ten thousand are more than it can take off a usual one.
    private const int Links = 1_300;

    private readonly ManualTime _time = new();
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _goOn = new();

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => TinyRings.Create(_time, reportFailure);

    [SkippableFact]
    public async Task Blocking_work_loses_no_message_and_only_missing_answers_time_out()
    {
        await using var hanging = FaultPeer.Hanging();
        await using var answering = FaultPeer.AnsweringAt(_answer.Task);
        var silent = await ConnectAsync(hanging);
        var links = new HashSet<Link>();
        for (var index = 0; index < Links; index++)
        {
            links.Add(await ConnectAsync(answering));
        }

        await Loop.OnLoopAsync(() =>
        {
            foreach (var link in links.Append(silent))
            {
                link.Exchange(Write(Ping, link), Loop.Deadline(Briefly));
            }
        });
        await Loop.OnLoopAsync(() => { }); // they are under way
        Loop.Execute(new ActionRunnable(Block));
        await _blocked.Task;
        _answer.SetResult();
        await SocketTable.UntilAsync(table => table.Rows.Count(row => row.RemotePort == answering.Port && row.ReceiveQueue == 7) == Links);
        _time.Advance(10 * Briefly);
        _goOn.Set();

        var answers = await Owner.ReceiveNAsync(Links + 1, Patience).ToListAsync();
        Assert.Equal(links, answers.OfType<Received>().Select(answer => answer.Link).ToHashSet());
        var failed = Assert.Single(answers.OfType<LinkFailed>());
        Assert.Equal((silent, LinkFault.TimedOut), (failed.Link, failed.Fault));
        await HeardNothingAsync();
        Assert.Empty(Failures);
    }

    [SkippableFact]
    public async Task Work_for_an_awake_loop_rings_no_bell()
    {
        const int Pieces = 1_000;
        var (ring, ran) = ((RingLoop)Loop, 0);
        ring.Execute(new ActionRunnable(Block));
        await _blocked.Task;
        var (bells, foreign) = (ring.BellsSounded, ring.ForeignWork);
        for (var piece = 0; piece < Pieces; piece++)
        {
            ring.Execute(new ActionRunnable(() => ran++));
        }

        Assert.Equal(bells, ring.BellsSounded);
        _goOn.Set();
        await ring.OnLoopAsync(() => { });
        Assert.Equal((Pieces, foreign + Pieces + 1), (ran, ring.ForeignWork));
    }

    [SkippableFact]
    public async Task Work_for_a_loop_that_still_has_work_rings_no_bell()
    {
        const int Pieces = 1_000;
        var (ring, ends) = ((RingLoop)Loop, false);
        var (turns, began) = (0L, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var busy = new ActionRunnable(() => { });
        busy = new ActionRunnable(() =>
        {
            began.TrySetResult();
            Interlocked.Increment(ref turns);
            if (!Volatile.Read(ref ends))
            {
                ring.Execute(busy); // there is always something left, in each turn
            }
        });
        ring.Execute(busy);
        await began.Task;
        var bells = ring.BellsSounded;
        for (var piece = 0; piece < Pieces; piece++)
        {
            var before = Interlocked.Read(ref turns);
            ring.Execute(new ActionRunnable(() => { }));
            Assert.True(SpinWait.SpinUntil(() => Interlocked.Read(ref turns) > before, Patience));
        }

        Assert.Equal(bells, ring.BellsSounded);
        Volatile.Write(ref ends, true);
    }

    [SkippableFact]
    public async Task Endless_work_does_not_delay_the_disposal_of_its_loop()
    {
        Rings.SkipIfNone();
        await using var peer = FaultPeer.Hanging();
        var loop = new RingLoop("blocked", TimeProvider.System, Failures.Enqueue) { StopLimit = TimeSpan.FromMilliseconds(1) };
        await loop.OnLoopAsync(() => loop.Open(Owner, new LinkRequest(peer.EndPoint, Abortive, loop.Deadline(Patience))));
        await Owner.ExpectMsgAsync<Connected>(Patience);
        loop.Execute(new ActionRunnable(Block));
        await _blocked.Task;
        loop.Dispose();
        Assert.Contains("loop blocked did not stop", Assert.IsType<TimeoutException>(Assert.Single(Failures)).Message, StringComparison.Ordinal);

        // Should it end after all, the loop does what is left to do.
        _goOn.Set();
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.Established) == 0);
        Assert.Single(Failures);
    }

    private void Block()
    {
        _blocked.SetResult();
        _goOn.Wait();
    }
}
