namespace ActorLoad.Metrics;

/// <summary>A timed part of a connection's life.</summary>
public enum Step
{
    /// <summary>Due time to the start of the first attempt: the wait in our own queue.</summary>
    StartLag,

    /// <summary>SYN sent to the established connection, for each established attempt.</summary>
    Connect,

    /// <summary>ClientHello sent to the last answer of the server's handshake, without our own cryptography; absent without TLS.</summary>
    Tls,

    /// <summary>AUTH sent to its complete reply; absent without a password.</summary>
    Setup,

    /// <summary>First command of the script sent to its complete reply.</summary>
    FirstReply,

    /// <summary>Connection ready for use to the last complete reply.</summary>
    Script,

    /// <summary>Due time to the first complete run of the script, or to the end of a failed connection, without its holds.</summary>
    Total,

    /// <summary>The cut of a served connection to the next first reply of the same client.</summary>
    Recovery,

    /// <summary>From the begin of a close that waits for the server to its end; absent where <c>connection.close</c> waits for
    /// nothing.</summary>
    Close,

    /// <summary>From a ready event to the moment when our loop has sent what follows: attempt to SYN, established connection to first
    /// command, reply to next command. All of it is the generator's own time.</summary>
    LoopLag,
}

/// <summary>Names of <see cref="Step"/>.</summary>
public static class Steps
{
    private static readonly Step[] Every = Enum.GetValues<Step>();

    private static readonly string[] KebabNames = [.. Every.Select(step => step.Word())];

    /// <summary>Every step, in the order of a connection's life.</summary>
    public static IReadOnlyList<Step> All => Every;

    /// <summary>The kebab-case name that reports and thresholds use, such as <c>first-reply</c>.</summary>
    public static string Name(this Step step) => KebabNames[(int)step];

    /// <summary>Finds the step with a kebab-case name; false for an unknown name.</summary>
    public static bool TryParse(string name, out Step step)
    {
        var index = Array.IndexOf(KebabNames, name);
        step = (Step)Math.Max(index, 0);
        return index >= 0;
    }
}
