using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server takes fewer clients than configured, because it may not have more descriptors. Redis then lowers
/// <c>maxclients</c> to nofile - 32, and says so only in its log.</summary>
internal sealed class ServerDescriptors : IRule
{
    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "server-descriptors";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        if (ServerLimits.Of(evidence) is not { IsOfDescriptors: true } limits)
        {
            return null;
        }

        var (server, needed) = (limits.Full!, limits.Needed(evidence));
        return new Finding(
            Name, Severity.Error,
            $"{limits.Sentence}: {server.Endpoint} may have {server.OpenFilesLimit!.Value.Text()} descriptors, "
            + $"so it lowered its maxclients to {server.MaxClients!.Value.Text()}",
            limits.Numbers,
            [
                TroubleRemedies.ServerDescriptors(server.OpenFilesLimit, needed, server.ProcessId, server.OpenFilesHard),
                Remedies.MaxClients(server.MaxClients, needed, server.Endpoint, server.Kind, server.OpenFilesHard),
            ])
        {
            Explains = limits.Total,
        };
    }
}
