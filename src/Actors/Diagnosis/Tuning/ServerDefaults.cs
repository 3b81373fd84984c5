using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Tuning;

/// <summary>What servers have fixed in their sources.</summary>
public static class ServerDefaults
{
    /// <summary>Kind of a Garnet server.</summary>
    public const string Garnet = "garnet";

    /// <summary>The accept queue that Garnet asks for.</summary>
    public const long GarnetBacklog = 512;

    /// <summary>Kind of a server that did not tell what it is.</summary>
    public const string Unknown = "unknown";

    /// <summary>What a server calls the accept queue that it asks for.</summary>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>.</param>
    public static string BacklogKey(string kind) => kind == "kvrocks" ? "backlog" : TuningKeys.TcpBacklog;

    /// <summary>The file that a server reads its settings from; of one that is not known no name is made up.</summary>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>.</param>
    public static string ConfigurationFile(string kind) => kind is "redis" or "valkey" or "keydb" or "kvrocks" ? $"{kind}.conf" : "its configuration";

    /// <summary>The name of a server's process.</summary>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>.</param>
    public static string Program(string kind) => kind switch
    {
        "valkey" or "keydb" => $"{kind}-server",
        "kvrocks" or "dragonfly" => kind,
        Garnet => "GarnetServer",
        _ => "redis-server",
    };

    /// <summary>Descriptors that Redis and Valkey keep for themselves (CONFIG_MIN_RESERVED_FDS). As many clients more than a storm's are proposed, as
    /// room for others.</summary>
    public const long Descriptors = 32;
}
