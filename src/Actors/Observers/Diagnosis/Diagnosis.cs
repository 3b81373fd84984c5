using ActorLoad.Observers.Rules;

namespace ActorLoad.Observers;

/// <summary>What a run has shown. Pure.</summary>
public static class Diagnosis
{
    /// <summary>The rule whose finding makes a run's verdict <c>generator-limited</c>.</summary>
    public const string GeneratorLimited = Observers.Rules.GeneratorLimited.RuleName;

    /// <summary>All rules, causes before what they lead to: a generator without ports distorts all that comes after it, who is gone, or lies
    /// behind a line that loses packets, is slow to answer, and a server that is busy fills its queue.</summary>
    public static IReadOnlyList<IRule> Rules { get; } =
    [
        new TimeWaitGrowth(), new ClientDescriptors(), new PortExhaustion(), new GeneratorLimited(),
        new ServerRestarted(), new ServerUnreachable(), new AccessDenied(), new ErrorReplies(), new ConntrackFull(),
        new ServerDescriptors(), new MaxClientsReached(), new MemoryOvercommit(), new SynRetransmits(), new ProxyQueue(), new ServerBusy(),
        new ServerStalled(), new ServerLost(), new AcceptQueueOverflow(), new SynQueueOverflow(), new HalfRangeCliff(),
    ];

    /// <summary>The findings: what cost connections before what changed numbers before what is worth knowing, among those what explains
    /// more failed attempts first, and of equals the cause before its effects. Empty for a run without trouble.</summary>
    public static IReadOnlyList<Finding> Of(Evidence evidence) =>
    [
        .. WithRemainder([.. Rules.Select(rule => rule.Judge(evidence)).OfType<Finding>()], evidence)
            .OrderByDescending(finding => finding.Severity).ThenByDescending(finding => finding.Explains),
    ];

    // A run in which more than a few fail has a finding, whatever the cause.
    private static IReadOnlyList<Finding> WithRemainder(IReadOnlyList<Finding> findings, Evidence evidence) =>
        UnexplainedFailures.Judge(evidence, findings) is { } remainder ? [.. findings, remainder] : findings;
}
