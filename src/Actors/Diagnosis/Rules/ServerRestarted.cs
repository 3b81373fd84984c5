using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>A server restarted: it was another process than before.</summary>
internal sealed class ServerRestarted : IRule
{
    // Uptime is in whole seconds, and the question may come late.
    private const double Slack = 2;

    public const string RuleName = "server-restarted";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var restarted = evidence.Ledgers.Servers.Where(server => server.Restarts.Count > 0).ToArray();
        if (restarted.Length == 0)
        {
            return null;
        }

        var failed = evidence.Ledgers.Client.AttemptFailures.Values.Sum();
        var times = restarted.Sum(server => server.Restarts.Count);
        var aways = restarted.SelectMany(server => server.Restarts.Select(at => Away(evidence, server, at)))
            .OfType<Span>().Distinct().ToArray();
        var numbers = new Dictionary<string, double>
        {
            ["restarts"] = times,
            ["awaySeconds"] = Math.Round(aways.Sum(away => away.To - away.From), 3),
            ["attemptsFailed"] = failed,
        };
        if (aways.Length > 0)
        {
            (numbers["awayFrom"], numbers["awayTo"]) = (aways.Min(away => away.From), aways.Max(away => away.To));
        }

        return new Finding(
            Name, failed > 0 ? Severity.Error : Severity.Warning,
            string.Join(" and ", restarted.Select(server => $"{server.Endpoint} restarted: {Times(evidence, server)}"))
            + " after the start of the run"
            + (failed > 0 ? $". {failed.Of("attempt")} failed in all" : ""),
            numbers, [])
        {
            Explains = failed - evidence.Failed(Outcome.Rejected) - evidence.Failed(Outcome.LocalExhausted),
        };
    }

    private static string Times(Evidence evidence, ServerLedger server) => string.Join(", ", server.Restarts
        .Select(at => Away(evidence, server, at) is { } away
            ? $"it was away from {Number(away.From)} to {away.To.Seconds()}" : $"at {at.Seconds()}").Distinct());

    private static string Number(double seconds) => seconds.Seconds()[..^2];

    // From the first to the last failure of our connections or the observer; null without one.
    private static Span? Away(Evidence evidence, ServerLedger server, double restart)
    {
        var felt = evidence.Load.Absences.Where(absence => absence.Endpoint == server.Endpoint)
            .Select(absence => new Span(absence.From, absence.To)).Where(span => span.IsNear(restart)).ToArray();
        if (felt.Length > 0)
        {
            return felt.MaxBy(span => span.To - span.From);
        }

        return server.Losses.Where(loss => loss.Seconds is not null)
            .Select(loss => new Span(loss.At, Math.Round(loss.At + loss.Seconds!.Value, 3)))
            .FirstOrDefault(span => span.IsNear(restart));
    }

    private sealed record Span(double From, double To)
    {
        public bool IsNear(double at) => From - Slack <= at && at <= To + Slack;
    }
}
