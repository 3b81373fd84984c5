using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>What every connection of a run does and how long it may take (<c>actorload.connection</c>).</summary>
/// <param name="Script">The commands, sent one after the other; may be empty (connect, hold, close).</param>
/// <param name="Hold">How long the connection stays open after its script, 0 or more.</param>
/// <param name="ConnectTimeout">From the start of an attempt to its established connection.</param>
/// <param name="ReplyTimeout">From a command to its complete reply.</param>
/// <param name="MaxOpen">Most connections open at once in the whole run; what is due beyond it is dropped.</param>
/// <param name="Socket">Options of each socket.</param>
public sealed record ConnectionSettings(
    Script Script, TimeSpan Hold, TimeSpan ConnectTimeout, TimeSpan ReplyTimeout, int MaxOpen, SocketSettings Socket)
{
    /// <summary>How words of the server are kept; null for a run that has no secret but those of its script.</summary>
    public ServerWords? Words { get; init; }
}
