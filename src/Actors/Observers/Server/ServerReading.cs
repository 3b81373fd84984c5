namespace ActorLoad.Observers.Server;

/// <summary>What one INFO says, as far as a ledger needs it. A value is null if the server does not tell it, or if it means
/// nothing.</summary>
/// <param name="Kind">What the server is.</param>
/// <param name="RunId">Each process of a server has its own.</param>
/// <param name="ProcessId">As the server sees it; in a container not the number on this machine.</param>
/// <param name="UptimeSeconds">Whole seconds.</param>
/// <param name="Clock">The server's clock, seconds; CPU is measured against it.</param>
/// <param name="Received">total_connections_received.</param>
/// <param name="Rejected">rejected_connections.</param>
/// <param name="Commands">total_commands_processed.</param>
/// <param name="Errors">total_error_replies.</param>
/// <param name="Evicted">evicted_clients.</param>
/// <param name="Connected">connected_clients.</param>
/// <param name="Memory">used_memory; of Garnet the resident memory of its process.</param>
/// <param name="MaxClients">maxclients.</param>
/// <param name="MainThreadCpu">User and system seconds of the main thread.</param>
/// <param name="TotalSystemMemory">Memory of its machine, bytes.</param>
/// <param name="Executable">File name of its program.</param>
public sealed record ServerReading(
    ServerKind Kind, string? RunId, long? ProcessId, double? UptimeSeconds, double? Clock, long? Received, long? Rejected, long? Commands,
    long? Errors, long? Evicted, long? Connected, long? Memory, long? MaxClients, double? MainThreadCpu, long? TotalSystemMemory,
    string? Executable)
{
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
        return new ServerReading(
            kind, info.Text("run_id"), info.Number("process_id"), Count("uptime_in_seconds"), Count("server_time_usec") / 1e6,
            Count(ServerKind.Received), Count(ServerKind.Rejected), Count(ServerKind.Commands), Count("total_error_replies"),
            Count("evicted_clients"),
            Count(ServerKind.Connected) is { } connected and <= MostClients ? connected : null,
            Count("used_memory") ?? Count("proc_physical_memory_size"),
            Count("maxclients") ?? Count("max_clients"),
            Cpu(ServerKind.UserCpu) + Cpu(ServerKind.SystemCpu),
            Count("total_system_memory"),
            Path.GetFileName(info.Text("executable")))
        {
            Listeners = ServerListener.Of(info),
        };

        long? Count(string key) => kind.Means(key) && info.Number(key) is { } number and >= 0 and <= MostOfAll ? number : null;

        double? Cpu(string key) => kind.Means(key) && info.Fraction(key) is { } seconds and >= 0 and <= MostOfAll ? seconds : null;
    }
}
