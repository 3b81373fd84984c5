using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Peers;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

public class OwnThreadsSpecs
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60); // fails a test that hangs; none waits for it to pass

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Work_runs_outside_the_thread_pool()
    {
        var threads = new OwnThreads("spec", 1);
        Assert.False(await threads.RunAsync(() => Thread.CurrentThread.IsThreadPoolThread, Second, Second, _time, CancellationToken.None));
    }

    [Fact]
    public async Task Exception_of_the_work_is_rethrown_and_its_place_is_freed()
    {
        var threads = new OwnThreads("spec", 1);
        await Assert.ThrowsAsync<FormatException>(() => threads.RunAsync<int>(() => throw new FormatException(), Second, Second, _time, CancellationToken.None));
        Assert.Equal(7, await threads.RunAsync(() => 7, Second, Second, _time, CancellationToken.None));
    }

    [Fact]
    public async Task Only_a_limited_amount_of_work_runs_at_once_and_the_next_waits()
    {
        var threads = new OwnThreads("spec", 2);
        var (begun, most, now) = (0, 0, 0);
        using var gate = new SemaphoreSlim(0);
        using var arrived = new SemaphoreSlim(0);
        var all = Enumerable.Range(0, 5).Select(_ => threads.RunAsync(Work, Hang, Hang, _time, CancellationToken.None)).ToArray();
        Assert.True(await arrived.WaitAsync(Hang));
        Assert.True(await arrived.WaitAsync(Hang));

        Assert.Equal(2, Volatile.Read(ref begun));
        gate.Release(all.Length);
        await Task.WhenAll(all).WaitAsync(Hang);
        Assert.Equal((5, 2), (begun, most));

        int Work()
        {
            Interlocked.Increment(ref begun);
            var together = Interlocked.Increment(ref now);
            InterlockedMax(ref most, together);
            arrived.Release();
            gate.Wait(Hang);
            return Interlocked.Decrement(ref now);
        }
    }

    [Fact]
    public async Task Work_that_finds_no_thread_in_time_is_refused()
    {
        var threads = new OwnThreads("spec", 1);
        using var gate = new SemaphoreSlim(0);
        var first = threads.RunAsync(() => gate.Wait(Hang), Second, Hang, _time, CancellationToken.None);
        var second = threads.RunAsync(() => true, Second, Hang, _time, CancellationToken.None);
        Assert.False(second.IsCompleted);
        _time.Advance(Second);
        var busy = await Assert.ThrowsAsync<ThreadsBusyException>(() => second.WaitAsync(Hang));
        Assert.Contains("spec", busy.Message, StringComparison.Ordinal);
        gate.Release();
        Assert.True(await first.WaitAsync(Hang));
    }

    [Fact]
    public async Task Work_that_takes_too_long_is_given_up_and_keeps_its_place()
    {
        var threads = new OwnThreads("spec", 1);
        using var gate = new SemaphoreSlim(0);
        using var begun = new SemaphoreSlim(0);
        var slow = threads.RunAsync(
            () =>
            {
                begun.Release();
                return gate.Wait(Hang);
            },
            Second, Second, _time, CancellationToken.None);
        Assert.True(await begun.WaitAsync(Hang));
        await Eventually.IsAsync(true, () => _time.NextAlarm is not null);
        _time.Advance(Second);
        await Assert.ThrowsAsync<TimeoutException>(() => slow.WaitAsync(Hang));
        var next = threads.RunAsync(() => true, Hang, Hang, _time, CancellationToken.None);
        Assert.False(next.IsCompleted);
        gate.Release();
        Assert.True(await next.WaitAsync(Hang));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen; seen = Volatile.Read(ref most))
        {
        }
    }
}
