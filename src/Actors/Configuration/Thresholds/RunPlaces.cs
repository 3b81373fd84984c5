using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;

namespace ActorLoad.Configuration.Thresholds;

/// <summary>All paths that the thresholds of one run can name. A new part of the result gets its place here.</summary>
internal static class RunPlaces
{
    /// <summary>The root of the paths.</summary>
    public static MetricPlace Of(ThresholdParts parts)
    {
        var places = CountPlaces.Of(figures => figures.Totals);
        places.Add("answered", () => Count(totals => totals.Answered));
        places.Add("cut", () => Count(totals => totals.Cut));
        places.Add("duration", () => MetricPlace.Of(new Metric(
            MetricUnit.Micros, "", figures => (figures.Final?.DurationSeconds ?? figures.Totals.ElapsedSeconds) * 1e6)));
        places.Add("generator", () => Generator);
        places.Add("bursts", () => Bursts);
        places.Add("findings", () => Findings);
        places.Add("unexplained", () => parts.HasLedgers
            ? AtEnd(MetricUnit.Count, "neither server nor kernel counted", final => final.Unexplained)
            : MetricPlace.Absent("observers.server and observers.kernel are off, so nothing is counted beside ActorLoad"));
        places.Add("time-wait", () => AtEnd(
            MetricUnit.Count, "the sockets in TIME_WAIT were not seen", final => final.TimeWaits));
        places.Add("bystander", () => parts.HasBystander
            ? Bystander : MetricPlace.Absent("the run has no bystander: observers.bystander.connections = 0"));
        places.Add("endpoints", () => Endpoints(parts));
        places.Add("phases", () => Phases(null, [.. parts.Fleets.SelectMany(fleet => fleet.Phases)]));
        places.Add("fleets", () => Fleets(parts));
        return new MetricPlace(null, places);
    }

    private static MetricPlace Generator { get; } = new(null, new Dictionary<string, Func<MetricPlace>>
    {
        ["cpu-micros-per-connection"] = () => Own(MetricUnit.Number, usage => usage.CpuMicrosPerConnection),
        ["peak-rss"] = () => Own(MetricUnit.Bytes, usage => usage.PeakRssBytes),
        ["bytes-per-open-connection"] = () => Own(MetricUnit.Number, usage => usage.BytesPerOpenConnection),
        ["gc-pause"] = () => Own(MetricUnit.Micros, usage => usage.GcPauseMillis * 1e3),
        ["peak-open"] = () => Own(MetricUnit.Count, usage => usage.PeakOpen),
    });

    private static MetricPlace Bursts { get; } = new(null, new Dictionary<string, Func<MetricPlace>>
    {
        ["start-lag"] = () => OfBursts(burst => burst.StartLagMicros),
        ["start-skew"] = () => OfBursts(burst => burst.StartSkewMicros),
        ["duration"] = () => OfBursts(burst => burst.DurationSeconds * 1e6),
    });

    private static MetricPlace Findings { get; } = new(
        Metric.AtEnd(MetricUnit.Count, "", final => final.Findings.Values.Sum()),
        FindingNames.All.ToDictionary(name => name, name => (Func<MetricPlace>)(() =>
            AtEnd(MetricUnit.Count, "", final => final.Findings.GetValueOrDefault(name)))));

    private static MetricPlace Bystander
    {
        get
        {
            const string Nothing = "the bystander measured nothing";
            var places = new Dictionary<string, Func<MetricPlace>>(Felt(bystander => bystander.During, "during the storm").Below)
            {
                ["before"] = () => Felt(bystander => bystander.Before, "before the storm"),
                ["during"] = () => Felt(bystander => bystander.During, "during the storm"),
                ["after"] = () => Felt(bystander => bystander.After, "after the storm"),
                ["lateness"] = () => CountPlaces.Times("no PING was sent", figures => figures.Final?.Bystander?.Lateness, isLive: false),
                ["worst-stall"] = () => AtEnd(MetricUnit.Micros, Nothing, final => final.Bystander?.WorstStallMicros),
                ["recovery"] = () => AtEnd(
                    MetricUnit.Micros, "its p99 did not come back into the band", final => final.Bystander?.RecoverySeconds * 1e6),
                ["errors"] = () => AtEnd(MetricUnit.Count, Nothing, final => final.Bystander?.Errors.Values.Sum()),
                ["unanswered"] = () => AtEnd(MetricUnit.Count, Nothing, final => final.Bystander?.Unanswered),
            };
            return new MetricPlace(null, places);
        }
    }

    private static MetricPlace Endpoints(ThresholdParts parts) => parts.Endpoints.Count == 0
        ? MetricPlace.Absent("the target has no usable endpoint")
        : new MetricPlace(
        null,
        parts.Endpoints.Distinct().ToDictionary(name => name, name => (Func<MetricPlace>)(() => Endpoint(name))))
        {
            IsOpen = parts.HasNames,
        };

    /// <summary>The place of an endpoint.</summary>
    public static MetricPlace Endpoint(string name) => new(null, CountPlaces.Of(figures => figures.Totals.OfEndpoint(name)));

    private static MetricPlace Fleets(ThresholdParts parts) => parts.Fleets is [{ Name: "" }]
        ? MetricPlace.Absent("the run file has no fleets")
        : new MetricPlace(null, parts.Fleets.ToDictionary(fleet => fleet.Name, fleet => (Func<MetricPlace>)(() =>
        {
            var places = CountPlaces.Of(figures => figures.Totals.OfFleet(fleet.Name));
            places.Add("phases", () => Phases(fleet.Name, fleet.Phases));
            return new MetricPlace(null, places);
        })));

    private static MetricPlace Phases(string? fleet, IReadOnlyList<string> names) => new(null, names.CountBy(name => name).ToDictionary(
        name => name.Key,
        name => (Func<MetricPlace>)(() => name.Value > 1
            ? MetricPlace.Absent($"{name.Value} phases are called {name.Key}: give each a name of its own")
            : new MetricPlace(null, CountPlaces.Of(figures => figures.Totals.OfPhase(fleet, name.Key))))));

    private static MetricPlace Felt(Func<BystanderLedger, LatencySummary?> read, string when) => CountPlaces.Times(
        $"no PING of the bystander was answered {when}",
        figures => figures.Final?.Bystander is { } bystander ? read(bystander) : null, isLive: false);

    private static MetricPlace OfBursts(Func<BurstResult, double> read)
    {
        return new MetricPlace(null, new Dictionary<string, Func<MetricPlace>>
        {
            ["min"] = () => Of(bursts => bursts.Min(read)),
            ["mean"] = () => Of(bursts => bursts.Average(read)),
            ["max"] = () => Of(bursts => bursts.Max(read)),
        });

        static MetricPlace Of(Func<IReadOnlyList<BurstResult>, double> fold) => AtEnd(
            MetricUnit.Micros, "no burst has ended, or there were more than the result keeps",
            final => final.Bursts is { Count: > 0 } bursts ? fold(bursts) : null);
    }

    private static MetricPlace Own(MetricUnit unit, Func<GeneratorUsage, double?> read) =>
        MetricPlace.Of(new Metric(unit, "too few connections were open", figures => read(figures.Totals.Generator)));

    private static MetricPlace Count(Func<RunSnapshot, long> read) =>
        MetricPlace.Of(new Metric(MetricUnit.Count, "", figures => read(figures.Totals)));

    private static MetricPlace AtEnd(MetricUnit unit, string whyNotMeasured, Func<FinalFigures, double?> measure) =>
        MetricPlace.Of(Metric.AtEnd(unit, whyNotMeasured, measure));
}
