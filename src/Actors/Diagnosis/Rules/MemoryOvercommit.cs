using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server refuses writes because it could not save. Its kernel promises no more memory than there is, so fork() fails for a
/// server that uses much of it.</summary>
/// <remarks>The setting alone is no finding: most machines have it, and it does no harm until a fork fails.</remarks>
internal sealed class MemoryOvercommit : IRule
{
    private const string NotSaved = "MISCONF";

    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "memory-overcommit";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var refused = evidence.Rejected(NotSaved);
        var server = evidence.Ledgers.Servers.FirstOrDefault(server => server.OvercommitMemory is not null);

        // A server in this state refuses PING too, also its observer's.
        var present = server?.OvercommitMemory ?? evidence.ServerSetting(TuningKeys.Overcommit);
        var proposed = TuningCatalogue.BuiltIn[TuningKeys.Overcommit, RemedyHost.Server].Value;
        return refused == 0 || present == proposed ? null : new Finding(
            Name, Severity.Error,
            $"{refused.Of("attempt")} {refused.Were()} refused (MISCONF) because the server could not save. "
            + $"{TuningKeys.Overcommit} = {present ?? "0 (the default)"} on its machine, so its fork probably failed, "
            + "for lack of memory or processes. The server's log says which",
            new Dictionary<string, double> { ["refused"] = refused, ["usedMemory"] = server?.UsedMemory?.Peak ?? 0 },
            [Remedies.Sysctl(TuningKeys.Overcommit, RemedyHost.Server, present)])
        {
            Explains = refused,
        };
    }
}
