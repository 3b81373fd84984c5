using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Connections;

namespace ActorLoad.Configuration;

/// <summary>What a script step waits for.</summary>
internal enum ScriptExpect
{
    /// <summary>What ActorLoad knows about its command, usually one reply.</summary>
    Auto,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>The same as auto, and an error is a reply, too.</summary>
    Any,
}

/// <summary>Reads lists of commands, such as <c>connection.script</c>: texts, or objects that state their replies.</summary>
/// <param name="schema">Compares keys.</param>
/// <param name="fleet">Name of the fleet.</param>
internal sealed class ScriptReader(SettingsSchema schema, string fleet)
{
    private const string Send = "send";
    private const string Expect = "expect";
    private const string Replies = "replies";
    private const string Exact = "equals";
    private const string Prefix = "begins-with";
    private const string Auto = "auto";
    private const string Example = "[\"PING\", { send = \"DEBUG SLEEP 0\", expect = none }]";
    private const int MostReplies = 1_000_000;
    private const int LongestText = 1_000;

    private static readonly ImmutableArray<(string Key, string Default)> Optional =
        [(Expect, Auto), (Replies, Auto), (Exact, ""), (Prefix, "")];

    /// <summary>The lines of a key, each of which can be sent. Null, with a problem noted, if one cannot.</summary>
    public ImmutableArray<ScriptLine>? ReadLines(SettingsReader reader, string key) => reader.List<ScriptLine>(
        key, Example, command => Problem(command) is { } problem ? (default, problem, "") : (new ScriptLine(command), "", ""),
        ScriptSecrets.Shown, verbatim: true, (item, path) => ReadStep(reader, key, item, path));

    /// <summary>Hides secrets in a list as it is shown: an unknown command may also hold the password.</summary>
    public static void HideSecrets(JsonNode? shown, SettingsProblems problems)
    {
        for (var index = 0; shown is JsonArray commands && index < commands.Count; index++)
        {
            if (commands[index] is not JsonObject step)
            {
                commands[index] = problems.WithoutSecrets(commands[index]!.GetValue<string>());
                continue;
            }

            foreach (var key in new[] { Send, Exact, Prefix })
            {
                if (step[key] is { } text)
                    step[key] = problems.WithoutSecrets(text.GetValue<string>());
            }
        }
    }

    private (SettingsReader Reader, ScriptLine Line, bool IsRight) ReadStep(
        SettingsReader reader, string key, HoconObject item, string path)
    {
        var defaults = Defaults(item.Origin);
        var step = reader.OfItem(key, schema.Conform(defaults, defaults, item, path), path);
        var send = step.Text(Send, text => text.Length == 0
            ? ("a step without a command", "send = \"SUBSCRIBE a b\", and expect = none or replies = 2 beside it")
            : Problem(text) is { } problem ? (problem, "") : null);
        var expect = step.Choice<ScriptExpect>(Expect);
        var (replies, isAuto) = step.IntegerOr(Replies, Auto, 0, MostReplies);
        var (exact, prefix) = (Text(step, item, Exact), Text(step, item, Prefix));
        step.Json[Send] = send is null ? null : ScriptSecrets.Shown(send);
        foreach (var (optional, standard) in Optional)
        {
            if ($"{step.Json[optional]}" == standard && (standard.Length > 0 || !item.Fields.ContainsKey(optional)))
                step.Json.Remove(optional);
        }

        var isRight = send is not null && expect is not null && (replies is not null || isAuto)
            && AreOne(step, expect, replies, exact, prefix);
        return (step, !isRight ? default : new ScriptLine(send!, expect == ScriptExpect.None ? 0 : replies)
        {
            AllowsError = expect == ScriptExpect.Any,
            Exact = exact,
            Prefix = prefix,
        }, isRight);
    }

    // An empty text is a text, too, where it was written.
    private static string? Text(SettingsReader step, HoconObject item, string key)
    {
        var text = step.Text(
            key, text => text.Length > LongestText ? ("a text that is too long", $"at most {LongestText} characters") : null);
        return item.Fields.ContainsKey(key) ? text : null;
    }

    private static bool AreOne(SettingsReader step, ScriptExpect? expect, int? replies, string? exact, string? prefix)
    {
        if (expect == ScriptExpect.None && replies > 0)
            step.Contradiction(
                Expect, Replies, "expect = none beside replies", "one of them: none waits for no reply, replies is the number of replies");
        else if ((expect == ScriptExpect.None || replies == 0) && (exact ?? prefix) is not null)
            step.Problem(exact is null ? Prefix : Exact, "a text for a reply that is not awaited", "no text, or a reply: expect = auto");
        else if (exact is not null && prefix is not null)
            step.Contradiction(Exact, Prefix, $"{Exact} beside {Prefix}", "one of them");
        else
            return true;
        return false;
    }

    private string? Problem(string command) =>
        Script.TryParse([new ScriptLine(command)], new ScriptSettings { Fleet = fleet }, out _, out var problem) ? null : problem;

    private static HoconObject Defaults(HoconOrigin origin)
    {
        var defaults = new HoconObject(origin);
        defaults.Put(Send, new HoconScalar(origin, "", true));
        foreach (var (key, standard) in Optional)
            defaults.Put(key, new HoconScalar(origin, standard, true));
        return defaults;
    }
}
