using ActorLoad.Configuration.Hocon;

namespace ActorLoad.Configuration;

/// <summary>Completes <c>key=value</c>, as <c>--set</c> takes it, from the keys of <c>reference.conf</c>.</summary>
public static class KeyCompletion
{
    private const string Load = "load";

    /// <summary>What the begun text can become: the keys of one object at a time, each with <c>=</c> behind it, or with <c>.</c> if more
    /// keys follow; after <c>=</c> the words that the key can have.</summary>
    public static IReadOnlyList<string> Of(string begun)
    {
        var equals = begun.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? Keys(begun) : Values(begun[..equals], begun[(equals + 1)..]);
    }

    private static string[] Keys(string begun)
    {
        var dot = begun.LastIndexOf('.');
        var path = begun[..(dot + 1)];
        var steps = dot < 0 ? [] : OverridePath.Steps(path[..^1]);
        string[] next = Within(steps) switch
        {
            HoconObject inner => [.. inner.Fields.Select(field => field.Key + Sign(field.Key, field.Value))],
            HoconArray => ["0."], // the first phase or fleet
            _ => [],
        };
        return [.. next.Where(key => key.StartsWith(begun[(dot + 1)..], StringComparison.Ordinal)).Select(key => path + key)];
    }

    private static string Sign(string key, HoconNode value) => value is HoconObject || IsList(key) ? "." : "=";

    private static bool IsList(string key) => key is Load or FleetReader.Key;

    private static string[] Values(string key, string begun)
    {
        var steps = OverridePath.Steps(key);
        return [.. ConfigLoader.Choices(OverridePath.InSchema(steps is [FleetReader.Key, _, ..] ? steps[2..] : steps))
            .Where(word => word.StartsWith(begun, StringComparison.Ordinal)).Select(word => $"{key}={word}")];
    }

    /// <summary>What stands at a path: an object with its keys, a list of objects, or null.</summary>
    private static HoconNode? Within(string[] steps)
    {
        HoconNode? place = ConfigLoader.Keys;
        var list = "";
        foreach (var step in steps)
        {
            place = place switch
            {
                HoconArray when HoconLayers.IsIndex(step, out _) => ElementOf(list),
                HoconObject inner when inner.Fields.GetValueOrDefault(step) is { } next && (next is HoconObject || IsList(step)) => next,
                _ => null,
            };
            list = step;
        }

        return place;
    }

    private static HoconObject ElementOf(string list) => list == Load
        ? (HoconObject)ConfigLoader.Keys.Fields[SettingsSchema.PhaseDefaults] : FleetReader.KeysOf(ConfigLoader.Keys);
}
