using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

/// <summary>Numbers in sentences: no share above the whole, no time of nothing, no plural of one.</summary>
public class SentencesSpecs
{
    [Theory]
    [InlineData(1.02, "100 %")]
    [InlineData(1, "100 %")]
    [InlineData(0.998, "99 %")]
    [InlineData(0.5, "50 %")]
    [InlineData(0.004, "less than 1 %")]
    [InlineData(0, "0 %")]
    [InlineData(-0.01, "0 %")]
    public void Percentage_stays_between_0_and_100(double share, string text) => Assert.Equal(text, share.Percent());

    [Theory]
    [InlineData(0, "less than 0.1 ms")]
    [InlineData(0.0004, "0.4 ms")]
    [InlineData(0.04, "40 ms")]
    [InlineData(0.99996, "1 s")]
    [InlineData(2.44, "2.4 s")]
    public void Duration_is_never_shown_as_zero(double seconds, string text) => Assert.Equal(text, seconds.Lasting());

    [Theory]
    [InlineData(12, "less than 0.1 ms")]
    [InlineData(120, "0.1 ms")]
    [InlineData(999_960, "1 s")]
    public void Span_is_never_shown_as_zero(long micros, string text) => Assert.Equal(text, micros.Span());

    [Fact]
    public void Loss_of_milliseconds_is_not_shown_as_zero()
    {
        var finding = Find(Healthy.Evidence.With((ServerLedger server) => server with { Losses = [new ObserverLoss(4.4, 0.02, "reset the connection")] }), "observer-lost");

        Assert.Equal("127.0.0.1:6379 did not answer its observer at 4.4 s for 20 ms (reset the connection)", finding.Sentence);
    }

    [Fact]
    public void TIME_WAIT_reason_adds_no_full_stop_within_the_sentence()
    {
        var proof = Healthy.Proof with { State = "fail", Reason = "1 socket to the target is left in TIME_WAIT; before the run there were 0." };
        var evidence = Healthy.Evidence.With((KernelLedger kernel) => kernel with
        {
            Target = kernel.Target! with { Client = new Dictionary<string, WatchedLevel> { ["TIME-WAIT"] = new(0, 1, 1) } },
        });

        var finding = Find(evidence with { Ledgers = evidence.Ledgers with { TimeWait = proof } }, "time-wait");

        Assert.StartsWith("1 connection of this run waited", finding.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(".;", finding.Sentence, StringComparison.Ordinal);
        Assert.EndsWith("before the run there were 0. There are 28,232 ports", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Single_cookie_is_described_in_the_singular()
    {
        var finding = Find(Healthy.Evidence.Counting("TCPReqQFullDoCookies", 1).Counting("TCPReqQFullDrop", 1).Slow(1, 1).Counting("TCPSynRetrans", 1), "syn-queue-overflow");

        Assert.EndsWith("1 SYN was answered with cookies, which forget the client's TCP options, 1 was dropped", finding.Sentence, StringComparison.Ordinal);
    }

    private static Finding Find(Evidence evidence, string rule) => Diagnostician.Of(evidence).Single(finding => finding.Rule == rule);
}
