using ActorLoad.Diagnosis.Rules;

namespace ActorLoad.Diagnosis;

/// <summary>What a run has shown. Pure.</summary>
public static class Diagnostician
{
    /// <summary>The rule whose finding makes a run's verdict <c>generator-limited</c>.</summary>
    public const string GeneratorLimited = ActorLoad.Diagnosis.Rules.GeneratorLimited.RuleName;

    /// <summary>All rules, causes before what they lead to: a generator without ports distorts all that comes after it, who is gone, or lies
    /// behind a line that loses packets, is slow to answer, and a server that is busy fills its queue.</summary>
    public static IReadOnlyList<IRule> Rules { get; } =
    [
        new TimeWaitGrowth(), new ClientDescriptors(), new PortExhaustion(), new GeneratorLimited(),
        new ServerRestarted(), new ServerUnreachable(), new RefusedOnTheWay(), new WrongProtocol(), new AccessDenied(), new ErrorReplies(), new ConntrackFull(),
        new ServerDescriptors(), new MaxClientsReached(), new MemoryOvercommit(), new SynRetransmits(), new LineLoss(), new ProxyQueue(), new ServerBusy(),
        new ServerStalled(), new ServerLost(), new AcceptQueueOverflow(), new SynQueueOverflow(), new ConnectionResets(), new NoReply(),
        new HalfRangeCliff(), new DistantServer(),
    ];

    /// <summary>The findings: what cost connections before what changed numbers before what is worth knowing, among those what explains
    /// more failed attempts first, and of equals the cause before its effects. Empty for a run without trouble. That ActorLoad itself stood still comes
    /// before all others, and what was measured across that says nothing of the target.</summary>
    public static IReadOnlyList<Finding> Of(Evidence evidence)
    {
        var (areOurs, told) = (OwnPauses.Matter(evidence), OwnPauses.Without(evidence));
        Finding[] found = [.. Rules.Select(rule => rule.Judge(rule.Name == GeneratorLimited ? evidence : told)).OfType<Finding>()];
        var ours = evidence.Ledgers.Client.AttemptFailures.Values.Sum() - told.Ledgers.Client.AttemptFailures.Values.Sum();
        Finding[] shared =
        [
            .. Account.Shared(told, found)
                .Select(finding => finding.Rule == GeneratorLimited ? finding with { Explains = finding.Explains + ours } : finding),
        ];
        return Account.Counted(evidence,
        [
            .. WithRemainder(shared, evidence)
                .OrderByDescending(finding => areOurs && finding.Rule == GeneratorLimited)
                .ThenByDescending(finding => finding.Severity).ThenByDescending(finding => finding.Explains),
        ]);
    }

    // A run in which more than a few fail has a finding, whatever the cause.
    private static IReadOnlyList<Finding> WithRemainder(IReadOnlyList<Finding> findings, Evidence evidence) =>
        UnexplainedFailures.Judge(evidence, findings) is { } remainder ? [.. findings, remainder] : findings;
}
