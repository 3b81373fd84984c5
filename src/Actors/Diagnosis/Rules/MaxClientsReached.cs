using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server already had <c>maxclients</c> clients.</summary>
internal sealed class MaxClientsReached : IRule
{
    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "maxclients";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        if (ServerLimits.Of(evidence) is not { IsOfDescriptors: false } limits)
        {
            return null;
        }

        var at = evidence.RejectedAt(Rejection.MaxClients);
        var (full, first) = (limits.Full, at is [var most, ..] ? most : null);
        var reached = full?.MaxClients is { } max
            ? $"maxclients of {full.Endpoint} is {max.Text()}" : $"its maxclients{evidence.At(at)} is reached";
        return new Finding(
            Name, Severity.Error, $"{limits.Sentence}: {reached}", limits.Numbers,
            TroubleRemedies.NoPlace(
                full?.MaxClients, limits.Needed(evidence), full?.Endpoint ?? first, full?.Kind ?? ServerDefaults.Unknown,
                full?.OpenFilesHard))
        {
            Explains = limits.Total,
        };
    }
}
