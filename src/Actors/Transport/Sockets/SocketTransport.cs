namespace ActorLoad.Transport.Sockets;

/// <summary>System.Net.Sockets: runs everywhere.</summary>
internal sealed class SocketTransport : ITransport
{
    /// <summary>Its name in results.</summary>
    public const string Name = "sockets";

    public string Kind => Name;

    public string LoopName => "actorload-sockets";

    public TransportLoop Create(string id, TimeProvider time, Action<Exception> reportFailure) => new SocketLoop(time, reportFailure);
}
