using System.Text.Json.Nodes;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration;

/// <summary>Which keys of a phase belong to which shape.</summary>
internal static class ShapeKeys
{
    private static readonly string[] Every = ["name", "shape", "repeat"];

    private static readonly Dictionary<LoadShape, string[]> Own = new()
    {
        [LoadShape.Bursts] = ["connections", "gap", "duration", "count", "pacing"],
        [LoadShape.Rate] = ["rate", "duration", "arrivals"],
        [LoadShape.Ramp] = ["from", "to", "over", "curve", "arrivals"],
        [LoadShape.Steps] = ["from", "to", "by", "each", "arrivals"],
        [LoadShape.Spike] = ["base", "peak", "rise", "hold", "fall", "arrivals"],
        [LoadShape.Sine] = ["mean", "amplitude", "period", "duration", "arrivals"],
        [LoadShape.Replay] = ["file"],
        [LoadShape.Pause] = ["duration"],
        [LoadShape.Population] = ["connections", "duration", "open-rate", "lifetime", "lifetime-jitter", "recycle"],
    };

    // A default would be a load that nobody asked for.
    private static readonly Dictionary<LoadShape, string[]> Needed = new()
    {
        [LoadShape.Rate] = ["rate", "duration"],
        [LoadShape.Ramp] = ["from", "to", "over"],
        [LoadShape.Steps] = ["from", "to", "by", "each"],
        [LoadShape.Spike] = ["base", "peak", "rise", "hold", "fall"],
        [LoadShape.Sine] = ["mean", "amplitude", "period", "duration"],
        [LoadShape.Replay] = ["file"],
        [LoadShape.Pause] = ["duration"],
        [LoadShape.Population] = ["connections", "duration"],
    };

    /// <summary>The keys that a phase of this shape must write, or its defaults.</summary>
    public static IReadOnlyList<string> NeededBy(LoadShape shape) => Needed.GetValueOrDefault(shape, []);

    /// <summary>A value for a key, for a remedy.</summary>
    public static string Example(string key) => key switch
    {
        "duration" or "over" or "each" or "rise" or "hold" or "fall" or "period" => "10s",
        "file" => "\"arrivals.csv\"",
        "connections" => "2000",
        _ => "\"500/s\"",
    };

    /// <summary>Notes each written key of another shape.</summary>
    public static void RefuseOthers(SettingsReader reader, LoadShape shape, Func<string, bool> isWritten)
    {
        foreach (var key in Own.Values.SelectMany(keys => keys).Distinct().Except(Own[shape]).Where(isWritten))
        {
            reader.Problem(
                key, $"shape = {shape.Word()} has no {ShownText.Quote(key)}",
                $"{string.Join(", ", Own[shape])}; {ShownText.Quote(key)} is for {string.Join(", ", ShapesWith(key))}");
        }
    }

    /// <summary>Leaves only the keys of this shape.</summary>
    public static void HideOthers(JsonObject shown, LoadShape shape)
    {
        foreach (var key in shown.Select(field => field.Key).Except(Every).Except(Own[shape]).ToArray())
        {
            shown.Remove(key);
        }
    }

    private static IEnumerable<string> ShapesWith(string key) =>
        Own.Where(shape => shape.Value.Contains(key)).Select(shape => $"shape = {shape.Key.Word()}");
}
