using ActorLoad.Configuration.Hocon;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration;

/// <summary>Compares the user's keys with <c>reference.conf</c>: which keys exist, which of them are objects, and their
/// defaults.</summary>
internal sealed class SettingsSchema(HoconObject reference, SettingsProblems problems)
{
    /// <summary>The key whose object describes every element of <c>load</c>.</summary>
    public const string PhaseDefaults = "phase-defaults";

    /// <summary>An object with exactly the keys of <paramref name="schema"/>: written values, else values from
    /// <paramref name="defaults"/>.</summary>
    public HoconObject Conform(HoconObject schema, HoconObject defaults, HoconNode? written, string path)
    {
        var conformed = new HoconObject(written?.Origin ?? defaults.Origin);
        var fields = written as HoconObject;
        if (written is not null && fields is null)
            problems.Add(written.Origin, path, $"{ShownNode.Kind(written)} where an object should be",
                $"{{ {string.Join(", ", schema.Fields.Keys)} }}");
        foreach (var (key, field) in fields?.Fields ?? [])
        {
            if (!schema.Fields.ContainsKey(key))
                problems.Add(field.Origin, SettingsProblems.Child(path, key), $"unknown key {ShownText.Quote(key)}",
                    problems.AreMany ? "" : Hint(key, schema, path));
        }

        foreach (var (key, known) in schema.Fields)
        {
            var value = fields?.Fields.GetValueOrDefault(key);
            var standard = defaults.Fields[key];
            conformed.Put(key, known is HoconObject inner
                ? Conform(inner, (HoconObject)standard, value, SettingsProblems.Child(path, key))
                : value ?? standard);
        }

        return conformed;
    }

    private string Hint(string key, HoconObject schema, string path)
    {
        if (path.Length == 0)
            return "keys live under \"actorload\"" + (reference.Fields.ContainsKey(key) ? $": \"actorload.{key}\""
                : Meant(NearestKey.Find(key, [SettingsProblems.Root])));
        if (NearestKey.Find(key, schema.Fields.Keys) is { } near)
            return $"did you mean \"{near}\"?";
        if (path == SettingsProblems.Root && key == SettingsProblems.Root)
            return "paths start below \"actorload\"";
        return Elsewhere(key, reference, "") is { } place ? $"did you mean \"{place}\"?"
            : $"known here: {string.Join(", ", schema.Fields.Keys)}";
    }

    private static string Meant(string? near) => near is null ? "" : $"; did you mean \"{near}\"?";

    private static string? Elsewhere(string key, HoconObject within, string path)
    {
        foreach (var (name, field) in within.Fields.OrderBy(field => field.Key == PhaseDefaults)) // its keys have common names
        {
            var here = path.Length == 0 ? name : $"{path}.{name}";
            if (name == key)
                return here.Replace(PhaseDefaults, "load[0]", StringComparison.Ordinal);
            if (field is HoconObject inner && Elsewhere(key, inner, here) is { } found)
                return found;
        }

        return null;
    }
}
