using ActorLoad.Connections;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>connection.setup</c>.</summary>
internal static class SetupReader
{
    /// <summary>The list of further commands.</summary>
    public const string Commands = "commands";

    /// <summary>The list of commands for a connection that comes back.</summary>
    public const string OnlyAfterReconnect = "only-after-reconnect";

    private const int LongestName = 100;

    /// <summary>The setup; worthless if a problem was noted.</summary>
    public static SetupSettings Read(SettingsReader setup, ScriptReader scripts, string fleet)
    {
        var resp = setup.Integer("resp", 2, 3);
        var name = setup.Text("client-name", text => NameProblem(text, fleet));
        var select = setup.Integer("select", 0, int.MaxValue);
        var commands = scripts.ReadLines(setup, Commands);
        var again = scripts.ReadLines(setup, OnlyAfterReconnect);
        return new SetupSettings(resp ?? 2, name ?? "", select ?? 0, commands ?? [], again ?? []);
    }

    // The server refuses other characters.
    private static (string Problem, string Allowed)? NameProblem(string name, string fleet) =>
        name.Length > LongestName || name.Any(letter => letter is <= ' ' or > '~')
            ? ("not a name for CLIENT SETNAME", $"at most {LongestName} visible ASCII characters without spaces")
        : name.Length > 0 && !ScriptCommand.TryCompile([ScriptWord.Open(name)], fleet, out _, out var problem)
            ? (problem, "such as \"web-{client}\"") : null;
}
