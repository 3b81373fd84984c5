using System.Net.Sockets;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;

namespace ActorLoad.Observers.Bystanders;

/// <summary>The commands of a bystander and the names of its failures. It uses the names of outcomes, as the storm does.</summary>
internal static class BystanderWords
{
    /// <summary>The kernel takes no more PINGs, because too many are unanswered.</summary>
    public const string SendBufferFull = "send-buffer-full";

    /// <summary>PING.</summary>
    public static readonly byte[] Ping = RespCommand.Encode("PING");

    /// <summary>The name under which a socket's error is counted.</summary>
    public static string For(SocketError error, bool isConnecting) =>
        SocketFaults.From(error).ToOutcome(isConnecting)?.Name() ?? error.ToString();
}
