namespace ActorLoad.Transport.Uring;

/// <summary>io_uring, on Linux 6.1 and later.</summary>
internal sealed class RingTransport : ITransport
{
    /// <summary>Its name in results.</summary>
    public const string Name = "io-uring";

    public string Kind => Name;

    public string LoopName => "actorload-uring";

    public TransportLoop Create(string id, TimeProvider time, Action<Exception> reportFailure) => new RingLoop(id, time, reportFailure);
}
