using System.Text.Json;

namespace ActorLoad.Metrics;

/// <summary>A part of a connection's life whose time is kept in a histogram.</summary>
public enum Step
{
    /// <summary>Due time to the start of the first attempt: what waited in our own queue.</summary>
    StartLag,

    /// <summary>SYN sent to the established connection, of each attempt that came so far.</summary>
    Connect,

    /// <summary>AUTH sent to its complete reply; absent without a password.</summary>
    Setup,

    /// <summary>First command of the script sent to its complete reply.</summary>
    FirstReply,

    /// <summary>Connection ready for use to the last complete reply.</summary>
    Script,

    /// <summary>Due time to the first time that the script was answered, or to the end of a connection that failed, without its holds.</summary>
    Total,

    /// <summary>A connection that had been served was cut, to the next first reply of the same client.</summary>
    Recovery,

    /// <summary>Something was ready, to the moment when our loop had sent what follows from it: attempt to SYN, established connection to first command,
    /// reply to next command. All of it is time of the generator.</summary>
    LoopLag,
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
