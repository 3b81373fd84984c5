namespace ActorLoad.Observers.Server;

/// <summary>What one INFO says, as far as a ledger needs it. A value is null if the server does not tell it, or if it means
/// nothing.</summary>
public sealed record ServerReading
{
    /// <summary>What the server is.</summary>
    public required ServerKind Kind { get; init; }

    /// <summary>Each process of a server has its own.</summary>
    public required string? RunId { get; init; }

    /// <summary>As the server sees it; in a container not the number on this machine.</summary>
    public required long? ProcessId { get; init; }

    /// <summary>Whole seconds.</summary>
    public required double? UptimeSeconds { get; init; }

    /// <summary>The server's clock, seconds; CPU is measured against it.</summary>
    public required double? Clock { get; init; }

    /// <summary>total_connections_received.</summary>
    public required long? Received { get; init; }

    /// <summary>rejected_connections.</summary>
    public required long? Rejected { get; init; }

    /// <summary>total_commands_processed.</summary>
    public required long? Commands { get; init; }

    /// <summary>total_error_replies.</summary>
    public required long? Errors { get; init; }

    /// <summary>evicted_clients.</summary>
    public required long? Evicted { get; init; }

    /// <summary>connected_clients.</summary>
    public required long? Connected { get; init; }

    /// <summary>used_memory; of Garnet the resident memory of its process.</summary>
    public required long? Memory { get; init; }

    /// <summary>maxclients.</summary>
    public required long? MaxClients { get; init; }

    /// <summary>User and system seconds of the main thread.</summary>
    public required double? MainThreadCpu { get; init; }

    /// <summary>Memory of its machine, bytes.</summary>
    public required long? TotalSystemMemory { get; init; }

    /// <summary>File name of its program.</summary>
    public required string? Executable { get; init; }

    // The count of clients of Dragonfly can fall below zero. It is then shown as an unsigned number.
    private const long MostClients = int.MaxValue;

    // Larger than any real count. JSON can carry it, and sums of it do not overflow.
    private const long MostOfAll = 1L << 53;

    /// <summary>Where it says that it listens; empty if it does not tell.</summary>
    public IReadOnlyList<ServerListener> Listeners { get; init; } = [];

    /// <summary>Takes the values from an INFO reply.</summary>
    public static ServerReading Of(ServerInfo info)
    {
        var kind = ServerKind.Of(info);
        return new ServerReading
        {
            Kind = kind,
            RunId = info.Text("run_id"),
            ProcessId = info.Number("process_id"),
            UptimeSeconds = Count("uptime_in_seconds"),
            Clock = Count("server_time_usec") / 1e6,
            Received = Count(ServerKind.Received),
            Rejected = Count(ServerKind.Rejected),
            Commands = Count(ServerKind.Commands),
            Errors = Count("total_error_replies"),
            Evicted = Count("evicted_clients"),
            Connected = Count(ServerKind.Connected) is { } connected and <= MostClients ? connected : null,
            Memory = Count("used_memory") ?? Count("proc_physical_memory_size"),
            MaxClients = Count("maxclients") ?? Count("max_clients"),
            MainThreadCpu = Cpu(ServerKind.UserCpu) + Cpu(ServerKind.SystemCpu),
            TotalSystemMemory = Count("total_system_memory"),
            Executable = Path.GetFileName(info.Text("executable")),
            Listeners = ServerListener.Of(info),
        };

        long? Count(string key) => kind.Means(key) && info.Number(key) is { } number and >= 0 and <= MostOfAll ? number : null;

        double? Cpu(string key) => kind.Means(key) && info.Fraction(key) is { } seconds and >= 0 and <= MostOfAll ? seconds : null;
    }
}
