using System.Collections.Immutable;

namespace ActorLoad.Connections;

/// <summary>How a script is sent.</summary>
public sealed record ScriptSettings
{
    /// <summary>How often the whole script is sent, 1 or more.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>Most commands that are sent together, 1 or more.</summary>
    public int Pipeline { get; init; } = 1;

    /// <summary>The pause between replies and the next commands; null if there is none.</summary>
    public ThinkTime? Think { get; init; }

    /// <summary>Name of the fleet; empty if there is one fleet only.</summary>
    public string Fleet { get; init; } = "";
}

/// <summary>One element of <c>connection.script</c>.</summary>
/// <param name="Send">The command, with quotes and placeholders.</param>
/// <param name="Replies">Number of replies, 0 or more; null for the usual number of this command.</param>
public readonly record struct ScriptLine(string Send, int? Replies = null)
{
    /// <summary>True if an error is a reply, too.</summary>
    public bool AllowsError { get; init; }

    /// <summary>The text that each reply must have; null if any will do.</summary>
    public string? Exact { get; init; }

    /// <summary>The text that each reply must begin with; null if any will do.</summary>
    public string? Prefix { get; init; }
}

/// <summary>What a client says before its script (<c>connection.setup</c>), beside its password.</summary>
/// <param name="Resp">The version of the protocol: 2, or 3 for HELLO 3.</param>
/// <param name="ClientName">Its name, with placeholders; empty for none.</param>
/// <param name="Select">Its database; 0 sends no SELECT.</param>
/// <param name="Commands">Further commands.</param>
/// <param name="OnlyAfterReconnect">Commands that follow only if the connection was cut and comes back.</param>
public sealed record SetupSettings(
    int Resp, string ClientName, int Select, ImmutableArray<ScriptLine> Commands, ImmutableArray<ScriptLine> OnlyAfterReconnect)
{
    /// <summary>A client that says nothing.</summary>
    public static SetupSettings None { get; } = new(2, "", 0, [], []);

    /// <summary>Passwords in its commands.</summary>
    public IEnumerable<string> Secrets => Commands.AddRange(OnlyAfterReconnect).SelectMany(line => ScriptSecrets.Of(line.Send));
}
