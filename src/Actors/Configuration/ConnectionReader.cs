using ActorLoad.Connections;
using ActorLoad.Transport;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>connection</c>.</summary>
internal static class ConnectionReader
{
    /// <summary>Most that <c>connection.max-open</c> can be.</summary>
    public const int MostOpen = 1_000_000;

    private const string Close = "close";
    private const string CloseTimeout = "close-timeout";
    private const string Script = "script";

    /// <summary>The settings of connections; never null, but worthless if a problem was noted.</summary>
    public static ConnectionSettings Read(SettingsReader connection, SettingsSchema schema, int mostOpen)
    {
        var script = ScriptReader.Read(connection, schema);
        var hold = connection.Duration("hold", "0s", "1d");
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

        return new ConnectionSettings(
            script, hold ?? default, connectTimeout ?? default, replyTimeout ?? default, maxOpen ?? default,
            new SocketSettings(close ?? default, keepAlive ?? default, noDelay ?? default, receiveBuffer ?? default, ports ?? default)
            {
                Sources = sources,
                Options = options,
            })
        {
            CloseTimeout = closeTimeout ?? default,
        };
    }
}
