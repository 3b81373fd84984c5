using ActorLoad.Resp;
using ActorLoad.Transport;

namespace ActorLoad.Connections;

/// <summary>The question whether an idle connection still works, and its answer.</summary>
internal static class Pong
{
    private static readonly byte[] Ping = RespCommand.Encode("PING");

    /// <summary>Sends PING, and receives.</summary>
    public static void Ask(Link link, DeadlineQueue deadline)
    {
        Ping.CopyTo(link.Outgoing(Ping.Length));
        link.Exchange(Ping.Length, deadline);
    }

    /// <summary>True for the reply of a server that is well.</summary>
    public static bool Is(ReadOnlySpan<byte> reply) => reply.SequenceEqual("+PONG\r\n"u8);
}
