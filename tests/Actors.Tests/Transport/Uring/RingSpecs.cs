using System.Runtime.ExceptionServices;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Xunit;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>A ring alone: what it does when a queue is full, and when the kernel says no.</summary>
public sealed class RingSpecs
{
    private const byte Nop = 0;
    private const byte NoSuchOperation = 255;
    private const int NoFile = -1;
    private const int Ebadf = 9;

    [SkippableFact]
    public void Operation_unknown_to_the_kernel_makes_the_ring_unavailable()
    {
        using var ring = Rings.CreateBare(8, 16);
        RingProbe.Require(ring, [Nop]);
        var refusal = Assert.Throws<RingUnavailableException>(() => RingProbe.Require(ring, [Nop, NoSuchOperation]));
        Assert.Contains("this kernel is too old: its io_uring has no operation 255", refusal.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Operations_beyond_the_queue_enter_the_kernel_early_and_are_counted()
    {
        using var ring = Rings.CreateBare(2, 1024);
        PrepareNops(ring, 100);
        Assert.Equal(49, ring.FullQueues);
        ring.Enter(0, null);
        Assert.Equal(Numbers(100), Taken(ring).Select(completion => completion.UserData));
        Assert.Equal(0, ring.Overflows);
    }

    [SkippableFact]
    public void Completions_beyond_the_queue_are_held_back_and_counted_and_not_lost()
    {
        using var ring = Rings.CreateBare(2, 4);
        PrepareNops(ring, 100);
        ring.Enter(0, null);
        Assert.True(ring.HasMore);
        Assert.InRange(ring.Overflows, 1, 50);
        Assert.Equal(Numbers(100), Taken(ring).Select(completion => completion.UserData));
        Assert.False(ring.HasMore);
        var overflows = ring.Overflows;
        ring.Enter(0, null);
        Assert.Equal(overflows, ring.Overflows);
    }

    [SkippableFact]
    public void A_full_queue_never_tears_a_chain()
    {
        using var ring = Rings.CreateBare(4, 64);
        for (var before = 0; before <= 8; before++)
        {
            PrepareNops(ring, before);
            ring.Reserve(2);
            ring.Prepare(IORING_OP_READ, NoFile, 100).Flags = IOSQE_IO_LINK;
            ring.Prepare(Nop, NoFile, 101);
            ring.Enter(0, null);

            // The second one of a whole chain is cancelled with the first; alone it would succeed.
            var results = Taken(ring).ToDictionary(completion => completion.UserData, completion => completion.Result);
            Assert.Equal((-Ebadf, -ECANCELED), (results[100], results[101]));
        }

        Assert.InRange(ring.FullQueues, 1, 9);
    }

    [SkippableFact]
    public void First_failed_operation_of_a_chain_suppresses_the_completions_of_the_rest()
    {
        // The loop builds on it: a command and its reply are one chain, which must end as one completion.
        using var ring = Rings.CreateBare(4, 64);
        ring.Prepare(IORING_OP_READ, NoFile, 1).Flags = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
        ring.Prepare(Nop, NoFile, 2);
        ring.Prepare(Nop, NoFile, 3).Flags = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
        ring.Prepare(Nop, NoFile, 4);
        ring.Enter(0, null);
        Assert.Equal([(1UL, -Ebadf), (4UL, 0)], Taken(ring).Select(completion => (completion.UserData, completion.Result)));
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    public void Rejected_operation_does_not_stop_the_following_ones(int waitFor)
    {
        using var ring = Rings.CreateBare(8, 64);
        ring.Prepare(Nop, NoFile, 0);
        ring.Prepare(NoSuchOperation, NoFile, 1);
        ring.Prepare(Nop, NoFile, 2);
        ring.Prepare(Nop, NoFile, 3);
        ring.Enter((uint)waitFor, null);
        Assert.Equal(waitFor != 0, ring.HasPrepared); // who waits comes back at once, and enters again
        ring.Enter(0, null);
        Assert.Equal([0, -EINVAL, 0, 0], Taken(ring).Select(completion => completion.Result));
    }

    [SkippableFact]
    public void Ring_overwrites_no_operation_when_the_kernel_has_no_memory()
    {
        Rings.SkipIfNone();
        OnThreadOfItsOwn(() =>
        {
            using var ring = new Ring(2, 4);
            PrepareNops(ring, 2);
            Seccomp.Refuse(SYS_io_uring_enter, EAGAIN); // the thread takes the filter with it when it ends
            ring.Enter(0, null);
            Assert.True(ring.HasPrepared);
            var failure = Assert.Throws<LoopFailedException>(() => { ring.Prepare(Nop, NoFile, 3); });
            Assert.Same(failure, Record.Exception(() => ring.Enter(0, null)));
        });
    }

    [SkippableFact]
    public async Task Signal_interrupts_a_wait_without_an_error()
    {
        Rings.SkipIfNone();
        using var signal = new ThreadSignal();
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            ended.SetResult(Record.Exception(() =>
            {
                using var ring = new Ring(2, 4);
                signal.AimAtThisThread();
                ring.Enter(1, null); // for ever, as nothing is under way
                Assert.Empty(Taken(ring));
            }));
        });
        thread.Start();
        await signal.SendUntilAsync(ended.Task);
        Assert.Null(await ended.Task);
    }

    // What a bare thread throws would end the process of all tests.
    private static void OnThreadOfItsOwn(Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(body));
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static IEnumerable<ulong> Numbers(int count) => Enumerable.Range(0, count).Select(number => (ulong)number);

    private static void PrepareNops(Ring ring, int count)
    {
        foreach (var number in Numbers(count))
        {
            ring.Prepare(Nop, NoFile, number);
        }
    }

    private static List<Completion> Taken(Ring ring)
    {
        var taken = new List<Completion>();
        while (true)
        {
            while (ring.TryTake(out var completion))
            {
                taken.Add(completion);
            }

            if (!ring.HasMore)
            {
                return taken;
            }

            ring.Enter(0, null);
        }
    }
}
