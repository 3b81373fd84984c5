using System.Net.Sockets;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;

namespace ActorLoad.Observers.Bystanders;

/// <summary>What a bystander says to a server, and what it calls its failures: as the storm does, by the names of outcomes.</summary>
internal static class BystanderWords
{
    /// <summary>So many PINGs are unanswered that the kernel takes no more of them.</summary>
    public const string SendBufferFull = "send-buffer-full";

    /// <summary>PING.</summary>
    public static readonly byte[] Ping = RespCommand.Encode("PING");

    /// <summary>What to count a socket's error under.</summary>
    public static string For(SocketError error, bool isConnecting) => SocketFaults.From(error).ToOutcome(isConnecting)?.Name() ?? error.ToString();
}
