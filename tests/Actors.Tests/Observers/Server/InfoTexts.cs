namespace ActorLoad.Actors.Tests.Observers.Server;

/// <summary>INFO as servers write it, abridged; values are made up.</summary>
/// <remarks>Fields and their order: of Redis as redis-server 7.0.15 answers; of Valkey 9.1, Dragonfly 2.0 and Garnet 2.2 as recorded in
/// github.com/netdata/netdata (src/go/plugin/go.d/collector/redis/testdata); the client count below zero is in dragonfly issue 4693.</remarks>
internal static class InfoTexts
{
    public const string Redis = """
        # Server
        redis_version:7.0.15
        redis_git_sha1:00000000
        redis_mode:standalone
        os:Linux 6.1.0 x86_64
        process_id:4242
        run_id:1111111111111111111111111111111111111111
        tcp_port:6379
        server_time_usec:1700000000500000
        uptime_in_seconds:61
        executable:/usr/bin/redis-server
        config_file:

        # Clients
        connected_clients:12
        cluster_connections:0
        maxclients:10000

        # Memory
        used_memory:1234567
        used_memory_human:1.18M
        used_memory_peak_perc:100.20%
        total_system_memory:8589934592
        mem_fragmentation_ratio:13.22

        # Stats
        total_connections_received:1500
        total_commands_processed:4600
        instantaneous_input_kbps:0.00
        rejected_connections:7
        evicted_clients:2
        total_error_replies:9

        # CPU
        used_cpu_sys:0.700000
        used_cpu_user:0.900000
        used_cpu_sys_main_thread:0.250000
        used_cpu_user_main_thread:0.500000
        """;

    public const string Valkey = """
        # Server
        redis_version:7.2.4
        server_name:valkey
        valkey_version:9.1.2
        valkey_release_stage:ga
        server_mode:standalone
        process_id:1
        run_id:2222222222222222222222222222222222222222
        server_time_usec:1700000000500000
        uptime_in_seconds:5
        executable:
        availability_zone:
        listener0:name=tcp,bind=*,bind=-::*,port=6379

        # Clients
        connected_clients:3
        maxclients:10000

        # Memory
        used_memory:946920

        # Stats
        total_connections_received:21
        total_commands_processed:22
        rejected_connections:1
        evicted_clients:0
        total_error_replies:0

        # CPU
        used_cpu_sys_main_thread:0.005061
        used_cpu_user_main_thread:0.004072
        used_active_time_main_thread:0.000181
        """;

    public const string Dragonfly = """
        # Server
        redis_version:7.4.0
        dragonfly_version:df-v2.0.0
        redis_mode:standalone
        process_id:1
        thread_count:8
        multiplexing_api:epoll
        uptime_in_seconds:30
        executable:dragonfly

        # Clients
        connected_clients:4294964742
        max_clients:64000
        client_read_buffer_bytes:18446744073697705472

        # Memory
        used_memory:6784704

        # Stats
        total_connections_received:300
        total_handshakes_started:0
        total_handshakes_completed:0
        total_commands_processed:900
        instantaneous_input_kbps:-1
        rejected_connections:-1

        # Cpu
        used_cpu_sys_main_thread:0.1905
        used_cpu_user_main_thread:0.0
        """;

    public const string GarnetSampled = """
        # Server
        garnet_version:2.2.8
        server_name:garnet
        os:Unix
        uptime_in_seconds:9
        monitor_task:enabled
        monitor_freq:1
        run_id:3333333333333333333333333333333333333333
        redis_version:7.4.3
        redis_mode:standalone

        # Clients
        connected_clients:4

        # Memory
        total_system_memory(MB):8192
        available_system_memory:-1
        proc_physical_memory_size:58322944

        # Stats
        total_connections_active:4
        total_connections_received:600
        total_connections_disposed:596
        rejected_connections:0
        total_commands_processed:1800
        """;

    public static string GarnetUnsampled { get; } = GarnetSampled
        .Replace("monitor_task:enabled", "monitor_task:disabled", StringComparison.Ordinal)
        .Replace("monitor_freq:1", "monitor_freq:0", StringComparison.Ordinal)
        .Replace("total_connections_received:600", "total_connections_received:0", StringComparison.Ordinal);
}
