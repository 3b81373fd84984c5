using Akka.Actor;
using Akka.Dispatch;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>What every transport promises of its loop: who runs when.</summary>
public abstract class LoopContractSpecs : TransportSpecs
{
    [SkippableFact]
    public async Task Work_from_many_threads_runs_exactly_once_and_one_at_a_time()
    {
        const int Threads = 8;
        const int Each = 2000;
        var (ran, inside, overlaps) = (0, 0, 0);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = new ActionRunnable(() =>
        {
            overlaps += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
            ran++; // not interlocked: the loop is the lock
            Interlocked.Decrement(ref inside);
            if (ran == Threads * Each)
            {
                all.SetResult();
            }
        });
        var loop = Loop;
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var index = 0; index < Each; index++)
            {
                loop.Execute(work);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        await all.Task.WaitAsync(Patience);
        await loop.OnLoopAsync(() => { });
        Assert.Equal(Threads * Each, ran);
        Assert.Equal(0, overlaps);
    }

    [SkippableFact]
    public async Task Work_from_one_thread_runs_in_its_order()
    {
        var order = new List<int>();
        for (var index = 0; index < 1000; index++)
        {
            var number = index;
            Loop.Execute(new ActionRunnable(() => order.Add(number)));
        }

        await Loop.OnLoopAsync(() => { });
        Assert.Equal(Enumerable.Range(0, 1000), order);
    }

    [SkippableFact]
    public async Task Work_scheduled_by_the_loop_itself_runs_after_the_current_work()
    {
        var order = new List<string>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Loop.OnLoopAsync(() =>
        {
            Loop.Execute(new ActionRunnable(() =>
            {
                order.Add("inner");
                done.SetResult();
            }));
            order.Add("outer");
        });
        await done.Task.WaitAsync(Patience);
        Assert.Equal(["outer", "inner"], order);
    }

    [SkippableFact]
    public async Task Work_that_throws_is_reported_and_does_not_stop_the_loop()
    {
        var disaster = new InvalidOperationException("on purpose");
        Loop.Execute(new ActionRunnable(() => throw disaster));
        Assert.Equal(42, await Loop.OnLoopAsync(() => 42));
        Assert.Same(disaster, Assert.Single(Failures));
    }

    [SkippableFact]
    public async Task Scheduled_messages_come_in_the_order_of_their_due_times()
    {
        await Loop.OnLoopAsync(() =>
        {
            var now = Loop.Now;
            foreach (var millis in new[] { 30, 5, 20, 10, 0 })
            {
                Loop.Schedule(now + Loop.ToTicks(TimeSpan.FromMilliseconds(millis)), Owner, millis);
            }
        });
        foreach (var millis in new[] { 0, 5, 10, 20, 30 })
        {
            Assert.Equal(millis, await Owner.ReceiveOneAsync(Patience));
        }
    }

    [SkippableFact]
    public async Task A_scheduled_message_never_comes_before_its_time()
    {
        var time = new ManualTime();
        using var loop = CreateLoop(time, Failures.Enqueue);
        var hour = TimeSpan.FromHours(1);
        await loop.OnLoopAsync(() => loop.Schedule(loop.Now + loop.ToTicks(hour), Owner, "due"));
        time.Advance(hour - TimeSpan.FromTicks(1));
        await loop.OnLoopAsync(() => Owner.Ref.Tell("not yet", ActorRefs.NoSender));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("not yet", await Owner.ReceiveOneAsync(Patience));
        Assert.Equal("due", await Owner.ReceiveOneAsync(Patience));
    }

    [SkippableFact]
    public void Time_stamps_are_converted_to_microseconds()
    {
        var second = Loop.ToTicks(TimeSpan.FromSeconds(1));
        Assert.Equal(1_000_000, Loop.MicrosBetween(5, 5 + second));
        Assert.Equal(Loop.Time.TimestampFrequency, second);
    }
}
