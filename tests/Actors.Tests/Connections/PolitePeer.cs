using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Peers.Faults;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>A server that ends connections as redis-server does: FIN after QUIT, and FIN after a FIN.</summary>
internal static class PolitePeer
{
    /// <summary>One whose view of the ends is kept in <paramref name="ends"/>.</summary>
    public static FaultPeer Watching(Ends ends) => ends.Peer(ServeAsync);

    /// <summary>Answers commands until the client leaves.</summary>
    public static async Task ServeAsync(PeerConnection connection, CancellationToken stop)
    {
        while (await connection.ReadCommandAsync(stop) is { } command)
        {
            await connection.SendAsync(command is ["PING", var payload] ? $"${payload.Length}\r\n{payload}\r\n" : "+OK\r\n", stop);
            if (command is ["QUIT"])
            {
                await connection.FinishAsync(stop);
                await connection.DrainAsync(stop);
                return;
            }
        }
    }
}
