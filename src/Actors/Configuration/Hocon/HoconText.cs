using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ActorLoad.Configuration.Hocon;

/// <summary>Prints a configuration as a run file.</summary>
internal static partial class HoconText
{
    private const int ListWidth = 100;
    private const int ObjectWidth = 72;

    /// <summary>The text of a file that holds these keys under <c>actorload</c>.</summary>
    public static string Print(JsonObject keys)
    {
        var text = new StringBuilder();
        text.Append(SettingsProblems.Root).Append(' ');
        Fields(text, keys, "");
        return text.Append('\n').ToString();
    }

    private static void Fields(StringBuilder text, JsonObject keys, string indent)
    {
        if (keys.All(field => field.Value is JsonValue))
        {
            var line = $"{{ {string.Join(", ", keys.Select(field => $"{field.Key} = {Scalar(field.Value)}"))} }}";
            if (line.Length <= ObjectWidth)
            {
                text.Append(line);
                return;
            }
        }

        var inner = indent + "  ";
        text.Append("{\n");
        foreach (var (key, value) in keys)
        {
            text.Append(inner).Append(key).Append(value is JsonObject ? " " : " = ");
            Value(text, value, inner);
            text.Append('\n');
        }

        text.Append(indent).Append('}');
    }

    private static void Value(StringBuilder text, JsonNode? value, string indent)
    {
        if (value is JsonObject fields)
            Fields(text, fields, indent);
        else if (value is JsonArray list)
            Items(text, list, indent);
        else
            text.Append(Scalar(value));
    }

    private static void Items(StringBuilder text, JsonArray list, string indent)
    {
        if (list.All(item => item is JsonValue))
        {
            var items = list.Select(Scalar).ToList();
            if (items.Sum(item => item.Length + 2) <= ListWidth)
            {
                text.Append('[').AppendJoin(", ", items).Append(']');
                return;
            }
        }

        text.Append("[\n");
        foreach (var item in list)
        {
            text.Append(indent).Append("  ");
            Value(text, item, indent + "  ");
            text.Append('\n');
        }

        text.Append(indent).Append(']');
    }

    private static string Scalar(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => "on",
        JsonValueKind.False => "off",
        JsonValueKind.Number => value.ToJsonString(),
        JsonValueKind.String when value.GetValue<string>() is var text => Bare().IsMatch(text) && text != "null" ? text : Quoted(text),
        var kind => throw new ArgumentException($"not a setting: {kind}", nameof(value)),
    };

    private static string Quoted(string text) => $"\"{ShownText.Escape(text)}\"";

    // A word such as after-burst, or a number with its unit.
    [GeneratedRegex(@"\A(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)?[A-Za-z]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Bare();
}
