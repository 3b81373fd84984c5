using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server had as many clients as it takes (<c>maxclients</c>).</summary>
internal sealed class MaxClientsReached : IRule
{
    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "maxclients";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence) =>
        ServerLimits.Of(evidence) is not { IsOfDescriptors: false } limits ? null : new Finding(
            Name, Severity.Error,
            limits.Sentence + (limits.Full?.MaxClients is { } max ? $": maxclients of {limits.Full.Endpoint} is {max.Text()}" : $": its maxclients{evidence.At(evidence.RejectedAt(Rejection.MaxClients))} is reached"),
            limits.Numbers,
            TroubleRemedies.NoPlace(
                limits.Full?.MaxClients, limits.Needed(evidence), limits.Full?.Endpoint ?? (evidence.RejectedAt(Rejection.MaxClients) is [var first, ..] ? first : null),
                limits.Full?.Kind ?? ServerDefaults.Unknown, limits.Full?.OpenFilesHard))
        {
            Explains = limits.Total,
        };
}
