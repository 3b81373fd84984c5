using ActorLoad.Observers.Server;

namespace ActorLoad.Doctor;

/// <summary>The visible values of one server of the target.</summary>
/// <param name="Endpoint">Address and port.</param>
/// <param name="IsHere">Its address belongs to this machine.</param>
public sealed record ServerReadings(string Endpoint, bool IsHere)
{
    /// <summary>The answer to INFO; null without one.</summary>
    public ServerReading? Reading { get; init; }

    /// <summary>The answer to CONFIG GET; null without one.</summary>
    public ServerConfiguration? Configuration { get; init; }

    /// <summary>Why INFO has no answer, as the end of a sentence after the endpoint; null if it was not asked, or answered.</summary>
    public string? Problem { get; init; }

    /// <summary>The kind of that problem.</summary>
    public ServerObstacle Obstacle { get; init; }

    /// <summary>True if the run would meet that problem too.</summary>
    public bool IsDown { get; init; }

    /// <summary>The refused user, or <c>default</c>.</summary>
    public string User { get; init; } = "default";

    /// <summary>The accept queue of its listener, as the kernel cut it; null if not seen.</summary>
    public long? QueueLimit { get; init; }

    /// <summary>True if its listener is in another network namespace of this machine: a container, perhaps with other settings.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>Why the listener belongs to a proxy, see <see cref="ServerLedger.Proxy"/>; null if it does not, or if not known.</summary>
    public string? Proxy { get; init; }

    /// <summary>Its process, if visible here.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The soft and hard limit of its descriptors; null if not seen.</summary>
    public (long Soft, long Hard)? Descriptors { get; init; }

    /// <summary><c>redis</c>, <c>valkey</c>, <c>keydb</c>, <c>kvrocks</c>, <c>garnet</c>, <c>dragonfly</c> or <c>unknown</c>.</summary>
    public string Kind => Reading?.Kind.Name ?? "unknown";

    /// <summary>True if it reserves 32 descriptors and raises its limit for the others, as Redis does.</summary>
    public bool IsRedis => Kind is "redis" or "valkey" or "keydb";

    /// <summary>Clients that it takes at once.</summary>
    public long? MaxClients => Reading?.MaxClients ?? Configuration?.Number(ServerSession.MaxClients);

    /// <summary>The accept queue that it asks of the kernel.</summary>
    public long? TcpBacklog => Configuration?.Number(ServerSession.TcpBacklog);

    /// <summary>Other clients, without the doctor's own connection.</summary>
    public long Others => Math.Max(0, (Reading?.Connected ?? 1) - 1);

    /// <summary>True if it forks to save; null if not known.</summary>
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
