using ActorLoad.Diagnosis.Rules;

namespace ActorLoad.Diagnosis;

/// <summary>Finds the causes of trouble in a run. Pure.</summary>
public static class Diagnostician
{
    /// <summary>The rule whose finding makes a run's verdict <c>generator-limited</c>.</summary>
    public const string GeneratorLimited = ActorLoad.Diagnosis.Rules.GeneratorLimited.RuleName;

    /// <summary>All rules, causes before their effects. A generator without ports distorts everything after it. Absent servers and bad
    /// lines delay answers. A busy server fills its queue.</summary>
    public static IReadOnlyList<IRule> Rules { get; } =
    [
        new TimeWaitGrowth(), new ClientDescriptors(), new PortExhaustion(), new GeneratorLimited(), new ServerRestarted(),
        new ServerUnreachable(), new RefusedOnTheWay(), new WrongProtocol(), new TlsFailures(), new AccessDenied(),
        new ErrorReplies(), new ConntrackFull(), new ServerDescriptors(), new MaxClientsReached(), new MemoryOvercommit(),
        new SynRetransmits(), new LineLoss(), new ProxyQueue(), new ServerBusy(), new ServerStalled(), new ServerLost(),
        new AcceptQueueOverflow(), new SynQueueOverflow(), new ConnectionResets(), new NoReply(), new HalfRangeCliff(),
        new DistantServer(), new OneEndpoint(),
    ];

    /// <summary>The findings. Those that cost connections come first, then those that changed numbers, then the rest. Within each group,
    /// those that explain more failed attempts come first, and causes before effects. Empty for a run without trouble. If ActorLoad itself
    /// stood still, that comes before all, and times measured during it count for no other finding.</summary>
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

    // A run with more than a few failures has a finding, whatever the cause.
    private static IReadOnlyList<Finding> WithRemainder(IReadOnlyList<Finding> findings, Evidence evidence) =>
        UnexplainedFailures.Judge(evidence, findings) is { } remainder ? [.. findings, remainder] : findings;
}
