using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server refuses writes because it could not save, on a machine whose kernel does not promise more memory than there is: then
/// fork() fails for a server that uses much of it.</summary>
/// <remarks>The setting alone is no finding: it stands so on most machines, and costs nothing before a fork fails.</remarks>
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

        // A server in this state refuses PING too, and so its observer.
        var present = server?.OvercommitMemory ?? evidence.ServerSetting(TuningKeys.Overcommit);
        return refused == 0 || present == TuningCatalogue.BuiltIn[TuningKeys.Overcommit, RemedyHost.Server].Value ? null : new Finding(
            Name, Severity.Error,
            $"{refused.Of("attempt")} {(refused == 1 ? "was" : "were")} refused (MISCONF) because the server could not save. With {TuningKeys.Overcommit} = "
            + $"{present ?? "0, which is usual,"} on its machine that is likeliest because the fork failed: memory or a limit of processes; the server's log says which",
            new Dictionary<string, double> { ["refused"] = refused, ["usedMemory"] = server?.UsedMemory?.Peak ?? 0 },
            [Remedies.Sysctl(TuningKeys.Overcommit, RemedyHost.Server, present)])
        {
            Explains = refused,
        };
    }
}
