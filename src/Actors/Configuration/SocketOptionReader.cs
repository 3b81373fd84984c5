using System.Collections.Immutable;
using ActorLoad.Connections;
using ActorLoad.Transport;

namespace ActorLoad.Configuration;

/// <summary>Reads the keys of <c>connection</c> that are options of the socket and nothing else.</summary>
internal static class SocketOptionReader
{
    private const string KeepAlive = "keep-alive";
    private const string Period = "keep-alive-period";
    private const string SendBuffer = "socket-send-buffer";
    private const string ReceiveBuffer = "socket-receive-buffer";
    private const string UserTimeout = "user-timeout";
    private const string FastOpen = "fast-open";

    /// <summary>The options, without those that are left to the kernel.</summary>
    public static ImmutableArray<SocketOption> Read(SettingsReader connection, bool isKeptAlive, Script script)
    {
        var period = connection.Duration(Period, "0s", "32767s") ?? default;
        var sendBuffer = connection.Size(SendBuffer, "0B", "64MiB") ?? default;
        var receiveBuffer = connection.Size(ReceiveBuffer, "0B", "64MiB") ?? default;
        var userTimeout = connection.Duration(UserTimeout, "0s", "1h") ?? default;
        var fastOpen = connection.Flag(FastOpen) ?? default;
        if (period.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            connection.Problem(Period, "the kernel counts whole seconds", "0s, or 1s to 32767s");
        }
        else if (period > TimeSpan.Zero && !isKeptAlive)
        {
            connection.Contradiction(Period, KeepAlive, "a period without keep-alive = on", "keep-alive = on, or keep-alive-period = 0s");
        }

        if (userTimeout.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            connection.Problem(UserTimeout, "the kernel counts whole milliseconds", "0s, or 1ms to 1h");
        }

        if (fastOpen && script.Count == 0)
        {
            connection.Problem(
                FastOpen, "the SYN waits for the first command, and the script is empty", "off, or a script with a command");
        }

        SocketOption[] options =
        [
            .. period > TimeSpan.Zero ? SocketOption.KeepAlivePeriod(Period, period) : [],
            .. Given(sendBuffer > 0, SocketOption.SendBuffer(SendBuffer, sendBuffer)),
            .. Given(receiveBuffer > 0, SocketOption.ReceiveBuffer(ReceiveBuffer, receiveBuffer)),
            .. Given(userTimeout > TimeSpan.Zero, SocketOption.UserTimeout(UserTimeout, userTimeout)),
            .. Given(fastOpen, SocketOption.FastOpen(FastOpen)),
        ];
        return ImmutableArray.Create(options);
    }

    private static SocketOption[] Given(bool isGiven, SocketOption option) => isGiven ? [option] : [];
}
