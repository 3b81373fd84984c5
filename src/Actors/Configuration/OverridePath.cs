using System.Text;
using ActorLoad.Configuration.Hocon;

namespace ActorLoad.Configuration;

/// <summary>Turns one option or variable into a document with just its value.</summary>
internal static class OverridePath
{
    /// <summary>The path as errors show it: <c>load[0].connections</c>, under the root.</summary>
    public static string Show(string path)
    {
        var shown = SettingsProblems.Root;
        foreach (var step in Steps(path))
            shown = HoconLayers.IsIndex(step, out var index) ? $"{shown}[{index}]" : SettingsProblems.Child(shown, step);
        return shown;
    }

    /// <summary>The document; empty, with a problem noted, if the path or the value cannot be read. <paramref name="formOf"/> gives the
    /// form of the value.</summary>
    public static HoconObject Parse(OverrideLayer option, HoconDocument document, Func<string, ValueForm> formOf)
    {
        var origin = document.At(1);
        var root = new HoconObject(origin);
        var steps = Steps(option.Path);
        if (steps.Length > HoconParser.MaxDepth || steps.Any(step => step.Length == 0))
        {
            document.Report("not a path", "a path under \"actorload\" such as connection.hold or load.0.connections");
            return root;
        }

        if (option.Value.EnumerateRunes().Contains(Rune.ReplacementChar)) // half of a surrogate pair also reads as this
        {
            document.Report("not UTF-8 text", "a value in UTF-8");
            return root;
        }

        if (ParseValue(option.Value, formOf(InSchema(steps)), document) is not { } value)
            return root;
        foreach (var step in steps.Reverse())
            value = HoconLayers.IsIndex(step, out var index) ? new HoconItem(origin, index, value) : Holder(origin, step, value);
        root.Put(SettingsProblems.Root, value);
        return root;
    }

    // The shell strips quotes. So a value is taken as it is, unless it is a list, object, quoted text or substitution:
    // 127.0.0.1:6379 means itself.
    private static HoconNode? ParseValue(string text, ValueForm form, HoconDocument document)
    {
        if (form == ValueForm.Text)
            return new HoconScalar(document.At(1), text, true);
        var value = text.Trim();
        var isList = form == ValueForm.Hocon && (value.StartsWith('[') || value.StartsWith('{'));
        return isList || value.StartsWith('"') || value.StartsWith("${", StringComparison.Ordinal)
            ? new HoconParser(value, document).ParseValue()
            : new HoconScalar(document.At(1), value, true);
    }

    private static HoconObject Holder(HoconOrigin origin, string key, HoconNode value)
    {
        var holder = new HoconObject(origin);
        holder.Put(key, value);
        return holder;
    }

    /// <summary>The keys and indexes of a path: <c>load[0].connections</c> and <c>load.0.connections</c> have the same three.</summary>
    public static string[] Steps(string path) =>
        path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');

    // load.0.name is phase-defaults.name in the schema, connection.script.0 is connection.script[].
    internal static string InSchema(string[] steps)
    {
        var path = "";
        foreach (var step in steps)
        {
            path = !HoconLayers.IsIndex(step, out _) ? SettingsProblems.Child(path, step)
                : path == "load" ? SettingsSchema.PhaseDefaults : $"{path}[]";
        }

        return path;
    }
}
