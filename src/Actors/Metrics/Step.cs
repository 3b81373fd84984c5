using System.Text.Json;

namespace ActorLoad.Metrics;

/// <summary>A part of a connection's life whose time is kept in a histogram.</summary>
public enum Step
{
    /// <summary>Due time to the start of the first attempt: what waited in our own queue.</summary>
    StartLag,

    /// <summary>Start of the last attempt to its established connection.</summary>
    Connect,

    /// <summary>Established connection to the end of the TLS handshake; absent without TLS.</summary>
    Tls,

    /// <summary>Connection ready for use to the first complete reply.</summary>
    FirstReply,

    /// <summary>Connection ready for use to the last complete reply.</summary>
    Script,

    /// <summary>Due time to the last reply, or to the end of a connection that failed.</summary>
    Total,
}

/// <summary>Names of <see cref="Step"/>.</summary>
public static class Steps
{
    private static readonly Step[] Every = Enum.GetValues<Step>();

    private static readonly string[] KebabNames =
        [.. Every.Select(step => JsonNamingPolicy.KebabCaseLower.ConvertName(step.ToString()))];

    /// <summary>Every step, in the order of a connection's life.</summary>
    public static IReadOnlyList<Step> All => Every;

    /// <summary>The kebab-case name that reports and thresholds use, such as <c>first-reply</c>.</summary>
    public static string Name(this Step step) => KebabNames[(int)step];

    /// <summary>Finds the step with a kebab-case name; false if there is none.</summary>
    public static bool TryParse(string name, out Step step)
    {
        var index = Array.IndexOf(KebabNames, name);
        step = (Step)Math.Max(index, 0);
        return index >= 0;
    }
}
