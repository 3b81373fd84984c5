using ActorLoad.Observers.Server;

namespace ActorLoad.Doctor;

/// <summary>What one server of the target gives, as far as it tells or can be seen.</summary>
/// <param name="Endpoint">Address and port.</param>
/// <param name="IsHere">Its address is one of this machine.</param>
public sealed record ServerReadings(string Endpoint, bool IsHere)
{
    /// <summary>What INFO says; null if it was not asked, or said nothing.</summary>
    public ServerReading? Reading { get; init; }

    /// <summary>What CONFIG GET says; null as above.</summary>
    public ServerConfiguration? Configuration { get; init; }

    /// <summary>Why INFO said nothing: the end of a sentence that begins with the endpoint. Null if it was not asked, or spoke.</summary>
    public string? Problem { get; init; }

    /// <summary>What kind of problem that is.</summary>
    public ServerObstacle Obstacle { get; init; }

    /// <summary>True if the connections of the run would meet that problem too.</summary>
    public bool IsDown { get; init; }

    /// <summary>The user that was refused something; <c>default</c> if none is named.</summary>
    public string User { get; init; } = "default";

    /// <summary>The accept queue of its listener as the kernel cut it; null if it cannot be seen.</summary>
    public long? QueueLimit { get; init; }

    /// <summary>True if its listener is in another network namespace of this machine: a container, whose settings may be its own.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>Why the listener is not the server's that answers there, see <see cref="ServerLedger.Proxy"/>; null if it is, or nothing tells.</summary>
    public string? Proxy { get; init; }

    /// <summary>Its process, if that can be seen here.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Descriptors that the process may have, and to what that may be raised; null if it cannot be seen.</summary>
    public (long Soft, long Hard)? Descriptors { get; init; }

    /// <summary><c>redis</c>, <c>valkey</c>, <c>keydb</c>, <c>kvrocks</c>, <c>garnet</c>, <c>dragonfly</c> or <c>unknown</c>.</summary>
    public string Kind => Reading?.Kind.Name ?? "unknown";

    /// <summary>True if it is of the kin that keeps 32 descriptors for itself and asks its process for the others.</summary>
    public bool IsRedis => Kind is "redis" or "valkey" or "keydb";

    /// <summary>Clients that it takes at once.</summary>
    public long? MaxClients => Reading?.MaxClients ?? Configuration?.Number(ServerSession.MaxClients);

    /// <summary>The accept queue that it asks of the kernel.</summary>
    public long? TcpBacklog => Configuration?.Number(ServerSession.TcpBacklog);

    /// <summary>Clients of others, without the connection over which it was asked.</summary>
    public long Others => Math.Max(0, (Reading?.Connected ?? 1) - 1);

    /// <summary>True if it forks to save, false if it does not; null if it does not tell.</summary>
    public bool? Forks => Kind is not ("redis" or "valkey" or "keydb" or "unknown") ? false : (Value("save"), Value("appendonly")) switch
    {
        (null, null) => null,
        (null or "", null or "no") => false,
        _ => true,
    };

    /// <summary>True if it switches huge pages off for itself.</summary>
    public bool DisablesHugePages => Value("disable-thp") == "yes";

    private string? Value(string name) => Configuration?.Values.GetValueOrDefault(name);
}
