using ActorLoad.Configuration;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>Compares the endpoints that thresholds name with those of the resolved target: before that, the addresses of a name are not
/// known.</summary>
public static class ThresholdTargets
{
    /// <summary>Throws <see cref="SettingsException"/> with every threshold that names no endpoint, several, or one whose times are not
    /// counted apart.</summary>
    public static void Check(IReadOnlyList<Threshold> thresholds, ResolvedTarget target)
    {
        var errors = new List<SettingsError>();
        for (var index = 0; index < thresholds.Count; index++)
        {
            if (Judge(thresholds[index], target) is { } wrong)
                errors.Add(new SettingsError(
                    "target", null, $"thresholds[{index}]", $"{thresholds[index].Name}: {wrong.Problem}", wrong.Allowed));
        }

        if (errors.Count > 0)
            throw new SettingsException(errors);
    }

    private static (string Problem, string Allowed)? Judge(Threshold threshold, ResolvedTarget target)
    {
        if (threshold.Endpoint is not { } name)
            return null;
        var counted = target.EndpointNames;
        string[] meant = [.. target.Endpoints.Where(endpoint => endpoint.Name == name || $"{endpoint}" == name)
            .Select(endpoint => $"{endpoint}").Distinct()];
        if (meant.Length == 0)
        {
            var known = string.Join(", ", counted.Select(endpoint => endpoint.Address));
            return ($"no endpoint has this address; the target is {known}",
                NearestKey.Find(name, counted.Select(endpoint => endpoint.Address)) is { } near ? $"did you mean \"{near}\"?" : "");
        }

        if (meant.Length > 1)
            return ($"{name} has {meant.Length} addresses", $"one of them: {string.Join(", ", meant)}");
        var counts = counted.Single(endpoint => endpoint.Address == meant[0]);
        return counted.Count > 1 && counts.Name != name && counts.Address != name
            ? ($"{name} is {counts.Address}, which is counted as {counts.Name}", $"\"{counts.Name}\"")
            : threshold.IsTimeOfEndpoint && counted.Count > EndpointTallies.MostTimed
                ? ($"the times of {counted.Count} endpoints are not kept apart",
                    $"at most {EndpointTallies.MostTimed} endpoints, or a time of the whole run")
                : null;
    }
}
