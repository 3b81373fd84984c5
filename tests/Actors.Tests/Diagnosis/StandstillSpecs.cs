using ActorLoad.Diagnosis;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

/// <summary>A server that stood still for a second or two while bursts went on.</summary>
public class StandstillSpecs
{
    // Bursts of 100 and a queue of 511.
    private static readonly Evidence Overflowing = Healthy.Evidence.Counting("ListenOverflows", 484).Slow(1, 470).Counting("TCPSynRetrans", 484).Queueing(511)
        .With(load => load with { LargestBurst = 100, FirstReply = Healthy.Latency(30_000, 1_700_000) });

    private static readonly Evidence Waited = Overflowing.With((ServerLedger server) => server with { LongestWait = new(2.1, 1.6), PeakMainThreadShare = 0.1 });

    private static readonly Evidence Stood = Overflowing.With((KernelLedger kernel) => kernel with { Target = kernel.Target! with { Stood = new(2.1, 1.9) } })
        .With((ServerLedger server) => server with { PeakMainThreadShare = 0.1 });

    public static TheoryData<Evidence, string> Standing => new()
    {
        { Waited, "did not answer its observer from 2.1 s on for 1.6 s" },
        { Stood, "took no connection out of its accept queue from 2.1 s on for 1.9 s" },
        { Waited.Failing("connect-timeout", 12).Failing("reply-timeout", 9), "did not answer its observer from 2.1 s on for 1.6 s" },
    };

    [Theory]
    [MemberData(nameof(Standing))]
    public void Stalled_server_is_the_cause_and_not_its_queue(Evidence evidence, string sentence)
    {
        var findings = Diagnostician.Of(evidence);

        Assert.Equal("server-stalled", findings[0].Rule);
        Assert.Contains(sentence, findings[0].Sentence, StringComparison.Ordinal);
        var queue = findings.Single(finding => finding.Rule == "accept-queue-overflow");
        Assert.Equal(Severity.Info, queue.Severity);
        Assert.StartsWith("The server's accept queue overflowed 484 times, although it holds 511 and bursts have 100 connections", queue.Sentence, StringComparison.Ordinal);
        Assert.Empty(queue.Remedies);
    }

    [Fact]
    public void Server_lost_by_its_observer_counts_as_stalled_too()
    {
        var lost = Overflowing.With((ServerLedger server) => server with { PeakMainThreadShare = 0.1, Losses = [new ObserverLoss(2, 2.2, "did not answer INFO within 2 s")] });

        var findings = Diagnostician.Of(lost.Failing("connect-timeout", 12));

        Assert.Equal("server-stalled", findings[0].Rule);
        Assert.EndsWith("127.0.0.1:6379 did not answer its observer from 2 s on for 2.2 s", findings.Single(each => each.Rule == "accept-queue-overflow").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Queue_shorter_than_a_burst_is_the_cause_even_with_a_standstill() =>
        Assert.Equal("accept-queue-overflow", Diagnostician.Of(Overflowing.Queueing(64))[0].Rule);

    [Fact]
    public void Overflow_of_a_queue_with_room_for_a_burst_means_it_was_not_emptied() =>
        Assert.Contains("so several bursts came before the server emptied it", Diagnostician.Of(Overflowing)[0].Sentence, StringComparison.Ordinal);

    [Fact]
    public void A_busy_server_does_not_stand_still()
    {
        var busy = Stood.With((ServerLedger server) => server with { PeakMainThreadShare = 0.97 });

        Assert.DoesNotContain(Diagnostician.Of(busy), finding => finding.Sentence.Contains("took no connection", StringComparison.Ordinal));
    }
}
