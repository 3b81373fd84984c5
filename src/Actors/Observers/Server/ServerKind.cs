
namespace ActorLoad.Observers.Server;

/// <summary>What a server is, and which of its counters mean nothing.</summary>
/// <param name="Name"><c>redis</c>, <c>valkey</c>, <c>keydb</c>, <c>kvrocks</c>, <c>garnet</c>, <c>dragonfly</c> or <c>unknown</c>.</param>
/// <param name="Version">As the server says; empty if it does not.</param>
/// <param name="SampleSeconds">How old its counters may be, for Garnet takes them from time to time; 0 if they are always current.</param>
/// <param name="Meaningless">Fields of INFO that it shows but does not count.</param>
public sealed record ServerKind(string Name, string Version, double SampleSeconds, IReadOnlyList<string> Meaningless)
{
    internal const string Received = "total_connections_received";
    internal const string Rejected = "rejected_connections";
    internal const string Commands = "total_commands_processed";
    internal const string Connected = "connected_clients";
    internal const string UserCpu = "used_cpu_user_main_thread";
    internal const string SystemCpu = "used_cpu_sys_main_thread";

    // A server that takes its counts less often than this says nothing about a storm.
    private const long LongestSample = 60;

    /// <summary>Finds the kind in the section <c>server</c>. Relatives of Redis have a <c>redis_version</c> too: that of their wire
    /// protocol.</summary>
    public static ServerKind Of(ServerInfo info)
    {
        if (info.Text("dragonfly_version") is { } dragonfly)
        {
            // Rejections are always -1. The CPU is that of one thread of many, the one that serves this connection. Its fraction is
            // microseconds without leading zeros.
            return new("dragonfly", dragonfly, 0, [Rejected, UserCpu, SystemCpu]);
        }

        if (info.Text("garnet_version") is { } garnet)
        {
            var every = info.Number("monitor_freq") is { } seconds and <= LongestSample ? seconds : 0;
            return new("garnet", garnet, every, every > 0 ? [] : [Received, Rejected, Commands, Connected]); // all 0 if nothing is sampled
        }

        if (info.Text("kvrocks_version") is { } kvrocks)
        {
            return new("kvrocks", kvrocks, 0, []);
        }

        var redis = info.Text("redis_version");
        if ((info.Text("valkey_version") ?? (info.Text("server_name") == "valkey" ? redis : null)) is { } valkey)
        {
            return new("valkey", valkey, 0, []);
        }

        if (IsKeyDb(info) && (info.Text("keydb_version") ?? redis) is { } keydb)
        {
            return new("keydb", keydb, 0, [UserCpu, SystemCpu]); // of one of its threads, as with Dragonfly
        }

        return redis is not null ? new("redis", redis, 0, []) : new("unknown", "", 0, []);
    }

    // KeyDB calls its version redis_version and has no name of its own. It is known by its program, its configuration or a field that only
    // it has.
    private static bool IsKeyDb(ServerInfo info) => info.Text("keydb_version") is not null || info.Text("mvcc_depth") is not null
        || new[] { "server_name", "executable", "config_file" }
            .Any(field => info.Text(field)?.Contains("keydb", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>True if a field means what its name says.</summary>
    internal bool Means(string field) => !Meaningless.Contains(field);
}
