using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>One of several endpoints took the storm: the figures are those of one server.</summary>
internal sealed class OneEndpoint : IRule
{
    // Of a few connections, chance gives one endpoint most.
    private const long Few = 100;

    private const double Most = 2.0 / 3;
    private const double BeyondFair = 1.5;

    public string Name => "one-endpoint";

    public Finding? Judge(Evidence evidence)
    {
        var (counts, fair) = (evidence.Load.ByEndpoint, evidence.Load.FairShares);
        var all = counts.Sum(endpoint => endpoint.Connections.Planned);
        if (fair.Count < 2 || all < Few || counts.MaxBy(endpoint => endpoint.Connections.Planned) is not { } most)
        {
            return null;
        }

        var (taken, share) = (most.Connections.Planned, fair.GetValueOrDefault(most.Address));
        if (taken < all * Most || taken < share * BeyondFair)
        {
            return null;
        }

        var order = string.Join(" and ", evidence.Load.Orders);
        return new Finding(
            Name, Severity.Warning,
            $"{most.Address}, one of {counts.Count} endpoints, took {taken.Text()} of {all.Of("connection")} "
            + $"({((double)taken / all).Percent()}). In turn it would have taken {((long)Math.Round(share)).Text()}. "
            + $"So the times are those of one server (target.order = {order})",
            new Dictionary<string, double>
            {
                ["connections"] = taken,
                ["ofAll"] = all,
                ["inTurn"] = Math.Round(share),
                ["endpoints"] = counts.Count,
            },
            [Remedies.EndpointsInTurn(order)]);
    }
}
