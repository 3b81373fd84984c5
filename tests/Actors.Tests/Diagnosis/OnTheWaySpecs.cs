using ActorLoad.Diagnosis;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

/// <summary>What happens between us and a server on another machine is not the server's fault: the findings of recorded runs.</summary>
public class OnTheWaySpecs
{
    public static TheoryData<string, string, long, string, Evidence> Causes => new()
    {
        { "resets of a firewall", "connection-resets", 295, "it still held 47 connections of the run", RemoteRun.ResetByFirewall },
        { "resets of who knows whom", "connection-resets", 20, "What is seen from here does not tell", RemoteRun.Quiet.FailingSo(("reset", 20)) },
        { "resets of a firewall, and a server that was first asked late", "connection-resets", 295, "What is seen from here does not tell",
            RemoteRun.ResetByFirewall.With((ServerLedger server) => server with { FirstAnswerAt = 1.1, ConnectionsReceived = 1_500 }) },
        { "resets beside rejections, where nobody asks the server", "connection-resets", 29, "most likely by the server, which rejected others",
            Unasked(RemoteRun.LossyLineToFullServer.FailingSo(("reset", 29))) },
        { "clients that the server evicted", "connection-resets", 20, "evicted 20 clients",
            RemoteRun.Quiet.FailingSo(("reset", 20)).With((ServerLedger server) => server with { EvictedClients = 20 }) },
        { "data that is dropped for some ports", "line-loss", 400, "as often as data that never arrives, while other connections lost nothing", RemoteRun.BlackHole },
        { "the same while our loop is late", "line-loss", 400, "while other connections lost nothing",
            RemoteRun.BlackHole.Times(connect: [43, 429, 4_395, 19_631, 27_215], first: [233, 8_239, 18_111, 31_615, 31_615], script: [16_312, 54_111, 156_415, 389_951, 390_847]) },
        { "replies that are dropped for some ports", "no-reply", 400, "answered INFO all the time, within 12 ms, so it did not stand still", RemoteRun.BlackHoleOfReplies },
        { "a short accept queue there", "accept-queue-overflow", 367, "of 2,000 connections the server accepted 1,633 (INFO)", RemoteRun.ShortQueue },
        { "a narrow line", "line-loss", 0, "The line was full: 963 data segments had to be sent again", RemoteRun.NarrowLine },
        { "a narrow line that made attempts time out", "line-loss", 700, "the line was full, and carries less than the run sends",
            RemoteRun.NarrowLine.FailingSo(("reply-timeout", 700)).Counts(("RetransSegs", 5_199)) },
        { "a line that loses 3 %", "syn-retransmits", 0, "116 near 1 s, 6 near 2 s. 305 data segments were sent again too: the line loses packets of every kind", RemoteRun.LossyLine },
        { "a line that loses 3 %, and replies in vain", "syn-retransmits", 9, "9 attempts got no reply in time", RemoteRun.LossyLine.FailingSo(("reply-timeout", 9)) },
        { "maxclients behind a line that loses 3 %", "maxclients", 1_474, "1,439 read its words, 35 were cut off", RemoteRun.LossyLineToFullServer },
        { "a round trip of 1.2 s", "long-round-trip", 0, "A round trip to the server takes 1.2 s at least", RemoteRun.FarLine },
        { "a firewall that rejects", "refused-on-the-way", 402, "402 attempts of 2,000 were refused (a RST to the SYN, or ICMP), while 1,598 to the same place were established. The server answered its observer", RemoteRun.RejectedByFirewall },
        { "a firewall that rejects by ICMP", "refused-on-the-way", 9, "9 attempts of 2,000 were told by ICMP that the host cannot be reached, while 1,991", RemoteRun.Prohibited },
        { "a firewall that rejects all but the observer", "refused-on-the-way", 2_000, ". The server answered its observer: it listened all the time",
            RemoteRun.RejectedByFirewall.FailingSo(("refused", 2_000)).Establishing(0) },
        { "a firewall that rejects, where nobody asks the server", "refused-on-the-way", 402, "while 1,598 to the same place were established", Unasked(RemoteRun.RejectedByFirewall) },
        { "SYNs that are dropped for some ports", "syn-retransmits", 400, "1,600 others were established, most of them at once", RemoteRun.SynsDropped },
        { "a host that is down", "syn-retransmits", 2_000, "Nothing answers there: the host is down", Unasked(RemoteRun.SynsDropped.FailingSo(("connect-timeout", 2_000)).Establishing(0)) },
        { "a server that was stopped", "server-stalled", 500, "did not answer its observer from 0 s on for 3.9 s", RemoteRun.Stopped },
        { "a server that was stopped for less than its observer's patience", "server-stalled", 500, "from 1.5 s on for 1.7 s",
            RemoteRun.Stopped.With((ServerLedger server) => server with { Losses = [], LongestWait = new ObserverWait(1.5, 1.7) }) },
        { "a server that is killed", "server-unreachable", 130, "100 attempts of 2,000 found nothing listening",
            RemoteRun.Quiet.FailingSo(("refused", 100), ("reset", 30)).With((ServerLedger server) => server with { Losses = [new ObserverLoss(2, null, "reset the connection") { Kind = LossKind.End }] }) },
        { "no reply to a command that waits", "no-reply", 9, "The script has BLPOP, which a healthy server answers late",
            RemoteRun.Quiet.FailingSo(("reply-timeout", 9)).With(load => load with { Waits = ["BLPOP"] }) },
        { "no reply, and nobody to ask", "no-reply", 9, "The server was not asked (INFO) meanwhile", Unasked(RemoteRun.Quiet.FailingSo(("reply-timeout", 9))) },
        { "no reply to anybody, and nobody to ask", "server-stalled", 2_000, "no command got an answer", Unasked(RemoteRun.Quiet.FailingSo(("reply-timeout", 2_000))) },
        { "no reply within less than the time between two questions", "no-reply", 9, "reply-timeout is shorter than the time between two questions",
            RemoteRun.Quiet.FailingSo(("reply-timeout", 9)).With(load => load with { ReplyTimeout = 0.3 })
                .With((ServerLedger server) => server with { LongestWait = new ObserverWait(1, 0.012) }) },
        { "no reply, and no question asked meanwhile", "no-reply", 9, "The server was not asked (INFO) meanwhile", RemoteRun.Quiet.FailingSo(("reply-timeout", 9)) },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void Network_cause_comes_first_with_the_number_of_attempts_it_explains(string what, string rule, long explains, string words, Evidence evidence)
    {
        var findings = Diagnostician.Of(evidence);

        Assert.True(findings.Count > 0 && findings[0].Rule == rule, $"{what}: {string.Join("; ", findings)}");
        Assert.Equal(explains, findings[0].Explains);
        Assert.Contains(words, findings[0].Sentence, StringComparison.Ordinal);
    }

    public static TheoryData<string, Evidence> Innocent => new()
    {
        { "resets of a firewall", RemoteRun.ResetByFirewall },
        { "data that is dropped", RemoteRun.BlackHole },
        { "replies that are dropped", RemoteRun.BlackHoleOfReplies },
        { "a short accept queue", RemoteRun.ShortQueue },
        { "a narrow line", RemoteRun.NarrowLine.FailingSo(("reply-timeout", 700)).Counts(("RetransSegs", 5_199)) },
        { "a narrow line that delays the observer", RemoteRun.NarrowLine.With((ServerLedger server) => server with { Losses = [new ObserverLoss(1, 3, "did not answer")] }) },
        { "a lossy line and a full server", RemoteRun.LossyLineToFullServer },
        { "a far line", RemoteRun.FarLine.With((ServerLedger server) => server with { LongestWait = new ObserverWait(1, 1.3) }) },
        { "SYNs that are dropped", RemoteRun.SynsDropped },
        { "the observer's own SYN", RemoteRun.Quiet.With((ServerLedger server) => server with
            {
                Losses = [new ObserverLoss(0, 2.1, "did not take a connection within 2 s") { Kind = LossKind.NoConnection }],
            }) },
        { "the observer's own question", RemoteRun.Quiet.With((ServerLedger server) => server with { Losses = [new ObserverLoss(0, 3.1, "did not answer") { Resent = 4 }] }) },
        { "the observer's own connection, cut twice", RemoteRun.Quiet.With((ServerLedger server) => server with
            {
                Losses = [new ObserverLoss(0, 1.1, "reset the connection") { Kind = LossKind.End }, new ObserverLoss(4, 1.1, "closed the connection") { Kind = LossKind.End }],
            }) },
    };

    [Theory]
    [MemberData(nameof(Innocent))]
    public void Server_is_not_blamed_for_the_line(string what, Evidence evidence) => Assert.True(
        Diagnostician.Of(evidence).All(finding => finding.Rule is not ("server-stalled" or "server-cpu" or "server-unreachable")), $"{what}: {string.Join("; ", Diagnostician.Of(evidence))}");

    [Fact]
    public void Network_cause_has_no_remedy_for_the_servers_queue() => Assert.All(
        (Evidence[])[RemoteRun.LossyLine, RemoteRun.NarrowLine, RemoteRun.FarLine, RemoteRun.SynsDropped, RemoteRun.Prohibited, RemoteRun.RejectedByFirewall],
        evidence => Assert.DoesNotContain(Diagnostician.Of(evidence).SelectMany(finding => finding.Remedies), remedy => remedy.Key is "net.core.somaxconn" or "tcp-backlog"));

    [Fact]
    public void Listening_server_gets_no_remedy_to_start_it() => Assert.All(
        (Evidence[])[RemoteRun.RejectedByFirewall, RemoteRun.Prohibited],
        evidence => Assert.Equal(["firewall"], Diagnostician.Of(evidence)[0].Remedies.Select(remedy => remedy.Key)));

    [Fact]
    public void Connect_times_smeared_by_a_slow_line_are_not_split_by_second() => Assert.StartsWith(
        "300 connects took a second or more", Diagnostician.Of(RemoteRun.Quiet.Slow(6, 1).Long(299).Counts(("TCPSynRetrans", 700), ("RetransSegs", 900)))[0].Sentence, StringComparison.Ordinal);

    [Fact]
    public void Lost_SYNs_on_a_distant_line_are_still_found()
    {
        var evidence = RemoteRun.FarLine.Long(300).Slow(2, 0);

        Assert.StartsWith("300 connects took a second or more", Diagnostician.Of(evidence)[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Local_firewall_sends_resets_that_its_kernel_does_not_count()
    {
        var evidence = Healthy.Evidence.Failing("reset", 280).With((ClientLedger client) => client with { AbortiveCloses = 4_720 }).Counting("OutRsts", 4_730);

        Assert.Contains("at least 270 came from a firewall", Diagnostician.Of(evidence)[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_causes_are_both_named_and_the_one_that_explains_more_comes_first()
    {
        var evidence = RemoteRun.BlackHole.Rejecting("ERR max number of clients reached", 150).FailingSo(("rejected", 150), ("reply-timeout", 400), ("reset", 7))
            .With((ServerLedger server) => server with { ConnectionsReceived = 1_843, ConnectionsRejected = 157, MaxClients = 100 });

        var findings = Diagnostician.Of(evidence);

        Assert.Equal([("line-loss", 400L), ("maxclients", 157L)], findings.Select(finding => (finding.Rule, finding.Explains)));
        Assert.EndsWith(". This explains 400 of 557 failed attempts", findings[0].Sentence, StringComparison.Ordinal);
        Assert.EndsWith(". This explains 157 of 557 failed attempts", findings[1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Black_hole_and_stalled_server_are_two_causes()
    {
        var evidence = RemoteRun.BlackHole.FailingSo(("reply-timeout", 700)).With((ServerLedger server) => server with { Losses = [new ObserverLoss(4, 4.2, "did not answer")] });

        Assert.Equal([("line-loss", 500L), ("server-stalled", 200L)], Diagnostician.Of(evidence).Select(finding => (finding.Rule, finding.Explains)));
    }

    [Fact]
    public void Other_programs_retransmits_are_not_a_bad_line() =>
        Assert.Empty(Diagnostician.Of(RemoteRun.Quiet.Counts(("RetransSegs", 60))));

    [Fact]
    public void Queue_that_resets_on_overflow_explains_the_resets()
    {
        var evidence = Healthy.Evidence.Failing("reset", 80).Counting("ListenOverflows", 80).Counting("PassiveOpens", 4_920);

        Assert.Equal(("accept-queue-overflow", 80), (Diagnostician.Of(evidence)[0].Rule, Diagnostician.Of(evidence)[0].Explains));
    }

    [Theory]
    [MemberData(nameof(Together))]
    public void Causes_together_explain_no_attempt_twice(Evidence evidence) => Assert.InRange(
        Diagnostician.Of(evidence).Sum(finding => finding.Explains), 1, evidence.Ledgers.Client.AttemptFailures.Values.Sum());

    public static TheoryData<Evidence> Together => new(
        new[] { RemoteRun.BlackHole, RemoteRun.ShortQueue, RemoteRun.LossyLineToFullServer, RemoteRun.Stopped, RemoteRun.SynsDropped, RemoteRun.Prohibited, Healthy.Evidence, Healthy.Evidence.Elsewhere() }
            .Select(evidence => evidence.Rejecting("NOAUTH", 5).FailingSo(
                ("rejected", 5), ("refused", 40), ("unreachable", 30), ("reset", 60), ("connect-timeout", 300), ("reply-timeout", 400), ("peer-closed", 20))));

    [Fact]
    public void Server_asked_late_is_not_reported_as_answering_all_the_time()
    {
        var evidence = RemoteRun.BlackHoleOfReplies.With((ServerLedger server) => server with { FirstAnswerAt = 5, ConnectionsReceived = 300 });

        Assert.Contains("was asked (INFO) too late", Diagnostician.Of(evidence)[0].Sentence, StringComparison.Ordinal);
    }

    private static Evidence Unasked(Evidence evidence) => evidence with { Ledgers = evidence.Ledgers with { Servers = [] } };
}
