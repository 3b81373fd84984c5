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
}

/// <summary>Reads <c>connection.script</c>: commands as texts, or as objects that state their replies.</summary>
internal static class ScriptReader
{
    private const string Key = "script";
    private const string Send = "send";
    private const string Expect = "expect";
    private const string Replies = "replies";
    private const string Auto = "auto";
    private const string Example = "[\"PING\", { send = \"DEBUG SLEEP 0\", expect = none }]";
    private const int MostReplies = 1_000_000;

    /// <summary>The script; empty, with a problem noted, if it is unusable.</summary>
    public static Script Read(SettingsReader connection, SettingsSchema schema)
    {
        // Each command alone first, so that the error names it.
        var lines = connection.List<ScriptLine>(
            Key, Example, command => Script.TryParse([command], out _, out var problem)
                ? (new ScriptLine(command, null), "", "") : (default, problem, ""),
            ScriptSecrets.Shown, verbatim: true, (item, path) => ReadStep(connection, schema, item, path));
        if (lines is not { } all)
            return Script.Empty;
        if (Script.TryParse(all, out var script, out var wrong))
            return script!;
        connection.Problem(Key, wrong, "");
        return Script.Empty;
    }

    private static (SettingsReader Reader, ScriptLine Line, bool IsRight) ReadStep(SettingsReader connection, SettingsSchema schema,
        HoconObject item, string path)
    {
        var defaults = Defaults(item.Origin);
        var step = connection.OfItem(Key, schema.Conform(defaults, defaults, item, path), path);
        var send = step.Text(Send, Problem);
        var expect = step.Choice<ScriptExpect>(Expect);
        var (replies, isAuto) = step.IntegerOr(Replies, Auto, 0, MostReplies);
        step.Json[Send] = send is null ? null : ScriptSecrets.Shown(send);
        step.Json.Remove(expect == ScriptExpect.Auto ? Expect : "");
        step.Json.Remove(isAuto ? Replies : "");
        if (expect == ScriptExpect.None && replies > 0)
        {
            step.Contradiction(
                Expect, Replies, "expect = none beside replies", "one of them: none waits for no reply, replies is the number of replies");
            return (step, default, false);
        }

        var isRight = send is not null && expect is not null && (replies is not null || isAuto);
        return (step, isRight ? new ScriptLine(send!, expect == ScriptExpect.None ? 0 : replies) : default, isRight);
    }

    private static (string Problem, string Allowed)? Problem(string send) =>
        send.Length == 0 ? ("a step without a command", "send = \"SUBSCRIBE a b\", and expect = none or replies = 2 beside it")
        : Script.TryParse([send], out _, out var problem) ? null : (problem, "");

    private static HoconObject Defaults(HoconOrigin origin)
    {
        var defaults = new HoconObject(origin);
        defaults.Put(Send, new HoconScalar(origin, "", true));
        defaults.Put(Expect, new HoconScalar(origin, Auto, true));
        defaults.Put(Replies, new HoconScalar(origin, Auto, true));
        return defaults;
    }
}
