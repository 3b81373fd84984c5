using System.Collections.Immutable;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

public class UnexplainedFailuresSpecs
{
    public static TheoryData<string> Failures => [.. Outcomes.All.Where(outcome => outcome.IsFailure()).Select(outcome => outcome.Name())];

    [Theory]
    [MemberData(nameof(Failures))]
    public void Run_with_one_failure_in_twenty_has_a_finding_for_every_outcome(string outcome) =>
        Assert.Contains(Diagnostician.Of(Healthy.Evidence.Failing(outcome, 250)), finding => finding.Severity == Severity.Error);

    [Fact]
    public void Few_unexplained_failures_are_not_a_finding() => Assert.Empty(Diagnostician.Of(Healthy.Evidence.Failing("peer-closed", 100)));

    [Fact]
    public void Unexplained_failures_are_reported_by_outcome_and_endpoint_with_a_hint()
    {
        var evidence = Healthy.Evidence.Failing("peer-closed", 900).Failing("crashed", 200).With(load => load with { Endpoints = ["127.0.0.1:6379"] });

        var finding = Assert.Single(Diagnostician.Of(evidence));

        Assert.Equal(("unexplained-failures", 1_100), (finding.Rule, finding.Explains));
        Assert.StartsWith("1,100 attempts of 5,000 failed: peer-closed 900, the peer closed first", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains("; crashed 200, a bug in ActorLoad", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal((900, 200, 5_000), (finding.Numbers["peer-closed"], finding.Numbers["crashed"], finding.Numbers["attempts"]));
    }

    [Fact]
    public void Peer_that_hangs_up_before_any_reply_may_want_TLS()
    {
        var finding = Assert.Single(Diagnostician.Of(Healthy.Evidence.Failing("peer-closed", 5_000).With(load => load with { FirstReply = null, Total = null })));

        Assert.Contains("may want TLS", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal("a port without TLS, or target.tls.enabled = on", Assert.Single(finding.Remedies).Proposed);
    }

    [Fact]
    public void Failures_explained_by_other_findings_are_not_reported_again()
    {
        var evidence = Healthy.Evidence.Failing("reset", 400).With((ServerLedger server) => server with { ConnectionsRejected = 400 });
        Assert.Equal(["maxclients"], Diagnostician.Of(evidence).Select(finding => finding.Rule));

        var more = Diagnostician.Of(evidence.Failing("peer-closed", 1_000));
        Assert.Equal(["unexplained-failures", "maxclients"], more.Select(finding => finding.Rule));
        Assert.Contains("1,000 attempts of 5,000 failed, beside those that other findings explain: peer-closed 1,000, ", more[0].Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("reset 400", more[0].Sentence, StringComparison.Ordinal);
    }

    public static TheoryData<string, ImmutableArray<string>> Waits => new() { { "BLPOP", ["BLPOP"] }, { "CLIENT REPLY", ["CLIENT REPLY"] }, { "writes are paused", [] } };

    [Theory]
    [MemberData(nameof(Waits))]
    public void Blocking_commands_are_not_diagnosed_as_a_stalled_server(string told, ImmutableArray<string> waits)
    {
        var evidence = Healthy.Evidence.Failing("reply-timeout", 900).With(load => load with { Waits = waits, ReplyTimeout = 2 });
        var answering = evidence.With((ServerLedger server) => server with { LongestWait = new(1, 0.012), LongestGap = 1.01 });

        var finding = Assert.Single(Diagnostician.Of(answering));

        Assert.Equal("no-reply", finding.Rule);
        Assert.Contains(told, finding.Sentence, StringComparison.Ordinal);
        Assert.Contains("connection.reply-timeout (2 s)", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal("server-stalled", Diagnostician.Of(evidence.With((ServerLedger server) => server with { LongestWait = new(1, 1.9), LongestGap = 2.5 }))[0].Rule);
    }
}
