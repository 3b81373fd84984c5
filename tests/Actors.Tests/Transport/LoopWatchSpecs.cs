using ActorLoad.Transport;
using Akka.Dispatch;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>A watch in virtual time over loops that a test blocks.</summary>
public sealed class LoopWatchSpecs : IDisposable
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(500);

    private readonly ManualTime _time = new();
    private readonly StubLoop _one = new(new ManualTime());
    private readonly StubLoop _other = new(new ManualTime());
    private readonly List<BlockedLoop> _told = [];
    private readonly LoopWatch _watch;

    public LoopWatchSpecs() => _watch = LoopWatch.Start([new("one", _one), new("other", _other)], _time, _told.Add);

    public void Dispose()
    {
        _watch.Dispose();
        _one.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Loops_that_answer_are_never_reported()
    {
        Look(1_000);
        Assert.Empty(_told);
    }

    [Fact]
    public void Blocked_loop_is_reported_once_after_five_seconds()
    {
        Look(3);
        _other.IsBlocked = true;
        Look(10);
        Assert.Empty(_told);
        Look(1);
        Assert.Equal([new BlockedLoop(1, "other", LoopWatch.Patience)], _told);
        Look(100);
        Assert.Single(_told);
    }

    [Fact]
    public void Blocked_loop_is_reported_sooner_when_the_run_ends()
    {
        _one.IsBlocked = true;
        Look(4);
        Assert.Empty(_told);
        _watch.Hurry();
        Look(1);
        Assert.Equal([new BlockedLoop(0, "one", LoopWatch.PatienceWhenStopping)], _told);
    }

    [Fact]
    public void Busy_loop_that_makes_progress_is_not_blocked()
    {
        _one.IsBlocked = true;
        for (var look = 0; look < 1_000; look++)
        {
            Look(look % 9);
            _one.Done++; // one piece of work in four and a half seconds
        }

        Assert.Empty(_told);
    }

    [Fact]
    public void Loop_is_asked_again_only_after_its_answer()
    {
        _one.IsBlocked = true;
        Look(1_000);
        Assert.Single(_one.Waiting);
    }

    [Fact]
    public void Pause_of_the_whole_process_is_not_a_blocked_loop()
    {
        for (var pause = 0; pause < 10; pause++)
        {
            _one.IsBlocked = true;
            Look(4);
            _time.Advance(TimeSpan.FromMinutes(1)); // nothing ran: one look is late
            _one.IsBlocked = false;
            _one.Waiting.Dequeue().Run();
            Look(1);
        }

        Assert.Empty(_told);
    }

    [Fact]
    public void Disposed_watch_looks_no_more()
    {
        _watch.Dispose();
        Assert.Null(_time.NextAlarm);
        Look(20);
        Assert.Empty(_one.Waiting);
    }

    private void Look(int times)
    {
        for (var look = 0; look < times; look++)
        {
            _time.Advance(_look);
        }
    }
}

/// <summary>A watch in virtual time over a real loop that real work blocks.</summary>
public abstract class BlockedLoopSpecs(string transport) : TestKit("akka.loglevel = WARNING")
{
    [SkippableFact]
    public async Task Blocked_loop_is_named_by_another_thread()
    {
        var (time, told) = (new ManualTime(), new List<BlockedLoop>());
        using var goOn = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dispatcher = LoopsOf.Get(Sys, transport);
        using var watch = LoopWatch.Start([dispatcher], time, told.Add);
        for (var look = 0; look < 100; look++)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await dispatcher.Loop.OnLoopAsync(() => { }); // the question has been answered
        }

        Assert.Empty(told);
        dispatcher.Loop.Execute(new ActionRunnable(() =>
        {
            blocked.SetResult();
            goOn.Wait();
        }));
        await blocked.Task;
        for (var look = 0; look < 12; look++)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal([new BlockedLoop(0, dispatcher.DispatcherId, LoopWatch.Patience)], told);
        goOn.Set();
        await dispatcher.Loop.OnLoopAsync(() => { });
    }
}

public sealed class BlockedLoopOverRingSpecs() : BlockedLoopSpecs(LoopsOf.Ring);

public sealed class BlockedLoopOverSocketsSpecs() : BlockedLoopSpecs(LoopsOf.Sockets);
