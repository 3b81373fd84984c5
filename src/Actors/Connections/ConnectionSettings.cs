using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>Limits of the pool of idle connections (<c>connection.pool</c>).</summary>
/// <param name="MaxIdle">Most connections that stay idle.</param>
/// <param name="IdleTimeout">After which an idle connection closes; 0 is never.</param>
/// <param name="TestIdle">Idle for at least this long, a connection has to answer PING before it is used again.</param>
public sealed record PoolSettings(int MaxIdle, TimeSpan IdleTimeout, TimeSpan TestIdle)
{
    /// <summary>The part of one of several lanes.</summary>
    public PoolSettings Of(int lane, int lanes) =>
        this with { MaxIdle = (MaxIdle / lanes) + (lane < MaxIdle % lanes ? 1 : 0) };
}

/// <summary>The script and limits of every connection of a run (<c>actorload.connection</c>).</summary>
/// <param name="Script">The commands, sent one after the other; may be empty (connect, hold, close).</param>
/// <param name="Hold">Time that the connection stays open after its script, 0 or more.</param>
/// <param name="ConnectTimeout">From the start of an attempt to its established connection.</param>
/// <param name="ReplyTimeout">From a command to its complete reply.</param>
/// <param name="MaxOpen">Most connections open at once in the whole run. Further due connections are dropped.</param>
/// <param name="Socket">Options of each socket.</param>
public sealed record ConnectionSettings(
    Script Script, TimeSpan Hold, TimeSpan ConnectTimeout, TimeSpan ReplyTimeout, int MaxOpen, SocketSettings Socket)
{
    /// <summary>Keeps connections for later bursts; null closes each after its use.</summary>
    public PoolSettings? Pool { get; init; }

    /// <summary>How long a close may wait for the server.</summary>
    public TimeSpan CloseTimeout { get; init; }

    /// <summary>Time from the last reply to the PING of a connection that holds; 0 if it sends none.</summary>
    public TimeSpan PingEvery { get; init; }

    /// <summary>What the connection says before its script.</summary>
    public SetupSettings Setup { get; init; } = SetupSettings.None;

    /// <summary>Passwords in its commands.</summary>
    public IEnumerable<string> Secrets => [.. Script.Secrets, .. Setup.Secrets];

    /// <summary>Hides secrets in the server's words; null if the session holds all secrets of the run.</summary>
    public ServerWords? Words { get; init; }
}
