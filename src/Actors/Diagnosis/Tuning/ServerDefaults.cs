using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Tuning;

/// <summary>Values that servers have in their sources.</summary>
public static class ServerDefaults
{
    /// <summary>Kind of a Garnet server.</summary>
    public const string Garnet = "garnet";

    /// <summary>The accept queue that Garnet asks for.</summary>
    public const long GarnetBacklog = 512;

    /// <summary>Kind of a server that does not tell its kind.</summary>
    public const string Unknown = "unknown";

    /// <summary>The name of the setting for the accept queue.</summary>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>.</param>
    public static string BacklogKey(string kind) => kind == "kvrocks" ? "backlog" : TuningKeys.TcpBacklog;

    /// <summary>The configuration file of a server, without a name for unknown kinds.</summary>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>.</param>
    public static string ConfigurationFile(string kind) =>
        kind is "redis" or "valkey" or "keydb" or "kvrocks" ? $"{kind}.conf" : "its configuration";

    /// <summary>The name of a server's process.</summary>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>.</param>
    public static string Program(string kind) => kind switch
    {
        "valkey" or "keydb" => $"{kind}-server",
        "kvrocks" or "dragonfly" => kind,
        Garnet => "GarnetServer",
        _ => "redis-server",
    };

    /// <summary>Descriptors that Redis and Valkey reserve (CONFIG_MIN_RESERVED_FDS). Proposals of maxclients add as many, as room for other
    /// clients.</summary>
    public const long Descriptors = 32;
}
