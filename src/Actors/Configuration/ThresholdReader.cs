using System.Collections.Immutable;
using System.Net;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Metrics;
using ActorLoad.Observers;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>thresholds</c>: conditions as texts, or as objects that say when they end the run.</summary>
internal static class ThresholdReader
{
    private const string Key = "thresholds";
    private const string Metric = "metric";
    private const string AbortOnFail = "abort-on-fail";
    private const string After = "after";
    private const string Example = "[\"success-ratio >= 0.99\", { metric = \"connect.p99 <= 50ms\", abort-on-fail = on, after = 10s }]";

    // A threshold that ends the run is judged in each interval.
    private const int Most = 1_000;

    /// <summary>The thresholds; worthless if a problem was noted.</summary>
    public static ImmutableArray<Threshold> Read(
        SettingsReader settings, SettingsSchema schema, TargetSettings target, ObserverSettings observers,
        ImmutableArray<FleetSettings> fleets)
    {
        var parts = Parts(target, observers, fleets);
        var thresholds = settings.List<Threshold>(
            Key, Example,
            text => Threshold.TryParse(text, parts, out var threshold, out var problem) ? (threshold, "", "") : (null, problem, ""),
            read: (item, path) => ReadLong(settings, schema, parts, item, path)) ?? [];
        if (thresholds.Length > Most)
            settings.Problem(Key, $"{thresholds.Length} thresholds", $"at most {Most}");
        return thresholds;
    }

    private static (SettingsReader Reader, Threshold? Value, bool IsRight) ReadLong(
        SettingsReader settings, SettingsSchema schema, ThresholdParts parts, HoconObject item, string path)
    {
        var defaults = Defaults(item.Origin);
        var reader = settings.OfItem(Key, schema.Conform(defaults, defaults, item, path), path);
        Threshold? threshold = null;
        reader.Text(Metric, text => Threshold.TryParse(text, parts, out threshold, out var problem) ? null : (problem, ""));
        var (abort, after) = (reader.Flag(AbortOnFail), reader.Duration(After, "0s", "365d"));
        if (threshold is null || abort is null || after is not { } from)
            return (reader, null, false);
        if (abort == true && !threshold.IsLive)
        {
            reader.Problem(AbortOnFail, $"{threshold.Name} is known only at the end of a run, so it cannot end one", "abort-on-fail = off");
            return (reader, null, false);
        }

        if (abort == false && from > TimeSpan.Zero)
        {
            reader.Problem(
                After, "after without abort-on-fail: the threshold is judged at the end of the run", "abort-on-fail = on, or no after");
            return (reader, null, false);
        }

        return (reader, abort == true ? threshold.Aborting(from) : threshold, true);
    }

    private static ThresholdParts Parts(TargetSettings target, ObserverSettings observers, ImmutableArray<FleetSettings> fleets)
    {
        var (names, isName) = (new HashSet<string>(), target.IsCluster); // the nodes of a cluster are known later
        foreach (var written in target.Endpoints.IsDefault ? [] : target.Endpoints)
        {
            names.Add(written);
            if (!TargetEndpoint.TryParse(written, out var endpoint, out _))
                continue; // embedded
            if (endpoint.Path is { } path)
                names.Add(Endpoint.UnixScheme + path);
            else if (IPAddress.TryParse(endpoint.Host, out var address))
                names.Add($"{new IPEndPoint(address, endpoint.Port)}");
            else
                isName = true;
        }

        return new ThresholdParts([.. names], isName, observers.Bystander is not null, observers.Server || observers.Kernel)
        {
            Fleets = [.. fleets.Select(fleet => (fleet.Name, (IReadOnlyList<string>)[.. fleet.Load.Select(phase => phase.Name)]))],
        };
    }

    private static HoconObject Defaults(HoconOrigin origin)
    {
        var defaults = new HoconObject(origin);
        defaults.Put(Metric, new HoconScalar(origin, "", true));
        defaults.Put(AbortOnFail, new HoconScalar(origin, "off", true));
        defaults.Put(After, new HoconScalar(origin, "0s", true));
        return defaults;
    }
}
