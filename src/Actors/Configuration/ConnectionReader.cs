using ActorLoad.Connections;
using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>connection</c>.</summary>
internal static class ConnectionReader
{
    /// <summary>Most that <c>connection.max-open</c> can be.</summary>
    public const int MostOpen = 1_000_000;

    /// <summary>The key of the PINGs of an idle client.</summary>
    public const string PingEvery = "ping-every";

    private static readonly TimeSpan MostFrequentPing = TimeSpan.FromMilliseconds(1);

    private const int MostRepeats = 1_000_000_000;
    private const int DeepestPipeline = 1_000;
    private const string Close = "close";
    private const string CloseTimeout = "close-timeout";
    private const string Script = "script";

    /// <summary>The settings of connections; never null, but worthless if a problem was noted.</summary>
    /// <param name="connection">The object.</param>
    /// <param name="schema">Compares keys.</param>
    /// <param name="problems">Hides secrets.</param>
    /// <param name="mostOpen">Most that <c>max-open</c> can be.</param>
    /// <param name="fleet">Name of the fleet; empty if there is one only.</param>
    public static ConnectionSettings Read(
        SettingsReader connection, SettingsSchema schema, SettingsProblems problems, int mostOpen, string fleet = "")
    {
        var (scripts, section) = (new ScriptReader(schema, fleet), connection.Section("setup"));
        var setup = SetupReader.Read(section, scripts, fleet);
        var script = ReadScript(connection, scripts, fleet);
        var hold = connection.Duration("hold", "0s", "1d");
        var pingEvery = ReadPingEvery(connection);
        var close = connection.Choice<CloseMode>(Close);
        var closeTimeout = connection.Duration(CloseTimeout, "1ms", "1h");
        var keepAlive = connection.Flag("keep-alive");
        var noDelay = connection.Flag("no-delay");
        var connectTimeout = connection.Duration("connect-timeout", "1ms", "1h");
        var replyTimeout = connection.Duration("reply-timeout", "1ms", "1h");
        var maxOpen = connection.Integer("max-open", 1, mostOpen);
        var ports = connection.Choice<PortChoice>("ports");
        var sources = SourceAddressReader.Read(connection);
        var receiveBuffer = connection.Size("receive-buffer", "64B", "64KiB");
        var options = SocketOptionReader.Read(connection, keepAlive == true, script);
        if (close == CloseMode.Quit && script.EndsWithQuit)
        {
            connection.Contradiction(
                Close, Script, "close = quit sends QUIT, and the script ends with QUIT too", "QUIT in one of them");
        }

        var settings = new ConnectionSettings(
            script, hold ?? default, connectTimeout ?? default, replyTimeout ?? default, maxOpen ?? default,
            new SocketSettings(close ?? default, keepAlive ?? default, noDelay ?? default, receiveBuffer ?? default, ports ?? default)
            {
                Sources = sources,
                Options = options,
            })
        {
            CloseTimeout = closeTimeout ?? default,
            PingEvery = pingEvery,
            Setup = setup,
            Pool = PoolReader.Read(connection, script),
        };
        foreach (var secret in settings.Secrets)
            problems.Hide(secret);
        ScriptReader.HideSecrets(connection.Json[Script], problems);
        ScriptReader.HideSecrets(section.Json[SetupReader.Commands], problems);
        ScriptReader.HideSecrets(section.Json[SetupReader.OnlyAfterReconnect], problems);
        var session = Session.Of(Credentials.None, settings);
        if (session.Ping is { AwaitsReply: false })
            connection.Problem(
                settings.PingEvery > TimeSpan.Zero ? PingEvery : PoolReader.Key,
                "nothing answers PING after the script's CLIENT REPLY OFF or SKIP", "CLIENT REPLY ON, or ping-every = 0s and reuse = none");
        if ((session.Problem() is { Length: > 0 } usual ? usual : session.AfterReconnect.Problem()) is { Length: > 0 } wrong)
            connection.Problem("setup", wrong, "");
        return settings;
    }

    private static TimeSpan ReadPingEvery(SettingsReader connection)
    {
        var every = connection.Duration(PingEvery, "0s", "1d") ?? default;
        if (every == TimeSpan.Zero || every >= MostFrequentPing)
            return every;
        connection.Problem(PingEvery, $"{connection.Shown(PingEvery)} is shorter than 1ms", "0s for no PING, or from 1ms to 1d");
        return TimeSpan.Zero;
    }

    private static Script ReadScript(SettingsReader connection, ScriptReader scripts, string fleet)
    {
        var lines = scripts.ReadLines(connection, Script);
        var repeat = connection.Integer("repeat", 1, MostRepeats);
        var pipeline = connection.Integer("pipeline", 1, DeepestPipeline);
        var (think, distribution) = (connection.Duration("think", "0s", "1d"), connection.Choice<ThinkDistribution>("think-distribution"));
        var settings = new ScriptSettings
        {
            Repeat = repeat ?? 1,
            Pipeline = pipeline ?? 1,
            Think = think is { Ticks: > 0 } mean ? new ThinkTime(mean, distribution ?? default) : null,
            Fleet = fleet,
        };
        if (Connections.Script.TryParse(lines ?? [], settings, out var script, out var problem))
            return script!;
        connection.Problem(Script, problem, "");
        return Connections.Script.Empty;
    }
}
