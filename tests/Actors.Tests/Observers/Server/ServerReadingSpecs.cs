using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Server;

public class ServerReadingSpecs
{
    [Fact]
    public void Redis_INFO_gives_every_value()
    {
        var reading = Of(InfoTexts.Redis);
        Assert.Equal(("redis", "7.0.15", 0.0), (reading.Kind.Name, reading.Kind.Version, reading.Kind.SampleSeconds));
        Assert.Empty(reading.Kind.Meaningless);
        Assert.Equal(
            reading with
            {
                RunId = new string('1', 40),
                ProcessId = 4242,
                UptimeSeconds = 61,
                Clock = 1_700_000_000.5,
                Received = 1500,
                Rejected = 7,
                Commands = 4600,
                Errors = 9,
                Evicted = 2,
                Connected = 12,
                Memory = 1_234_567,
                MaxClients = 10_000,
                MainThreadCpu = 0.75,
                TotalSystemMemory = 8_589_934_592,
                Executable = "redis-server",
            },
            reading);
    }

    [Fact]
    public void Valkey_is_known_as_Valkey_and_not_as_Redis()
    {
        var reading = Of(InfoTexts.Valkey);
        Assert.Equal(("valkey", "9.1.2"), (reading.Kind.Name, reading.Kind.Version));
        Assert.Equal((21, 1, 10_000), (reading.Received, reading.Rejected, reading.MaxClients));
        Assert.NotNull(reading.MainThreadCpu);
    }

    [Fact]
    public void Dragonfly_counts_no_rejections_and_has_no_main_thread()
    {
        var reading = Of(InfoTexts.Dragonfly);
        Assert.Equal(("dragonfly", "df-v2.0.0"), (reading.Kind.Name, reading.Kind.Version));
        Assert.Equal(["rejected_connections", "used_cpu_user_main_thread", "used_cpu_sys_main_thread"], reading.Kind.Meaningless);
        Assert.Equal((null, null, null), (reading.Rejected, reading.MainThreadCpu, reading.RunId));
        Assert.Equal((300, 900, 64_000), (reading.Received, reading.Commands, reading.MaxClients));
    }

    [Fact]
    public void Client_count_below_zero_is_left_out() => Assert.Null(Of(InfoTexts.Dragonfly).Connected);

    [Fact]
    public void Garnet_with_sampling_has_counts()
    {
        var reading = Of(InfoTexts.GarnetSampled);
        Assert.Equal(("garnet", "2.2.8", 1.0), (reading.Kind.Name, reading.Kind.Version, reading.Kind.SampleSeconds));
        Assert.Empty(reading.Kind.Meaningless);
        Assert.Equal((600, 0, 4, 58_322_944), (reading.Received, reading.Rejected, reading.Connected, reading.Memory));
        Assert.Equal((null, null, null), (reading.MaxClients, reading.ProcessId, reading.Errors));
    }

    [Fact]
    public void Garnet_without_sampling_has_no_counts()
    {
        var reading = Of(InfoTexts.GarnetUnsampled);
        Assert.Equal(0, reading.Kind.SampleSeconds);
        Assert.Equal(["total_connections_received", "rejected_connections", "total_commands_processed", "connected_clients"], reading.Kind.Meaningless);
        Assert.Equal((null, null, null, null), (reading.Received, reading.Rejected, reading.Commands, reading.Connected));
    }

    [Theory]
    [InlineData("redis_version:6.3.4\nexecutable:/usr/bin/keydb-server", "keydb", "6.3.4")]
    [InlineData("redis_version:6.3.4\nmvcc_depth:0", "keydb", "6.3.4")]
    [InlineData("redis_version:6.3.4\nconfig_file:/etc/keydb/keydb.conf", "keydb", "6.3.4")]
    [InlineData("redis_version:7.2.4\nserver_name:valkey", "valkey", "7.2.4")]
    [InlineData("redis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.1.0", "valkey", "8.1.0")]
    [InlineData("version:2.9.0\nkvrocks_version:2.9.0\nredis_version:4.0.0", "kvrocks", "2.9.0")]
    [InlineData("redis_version:7.4.0\nexecutable:/usr/bin/redis-server", "redis", "7.4.0")]
    public void Each_Redis_like_server_is_known_by_its_name(string info, string kind, string version)
    {
        var reading = Of($"# Server\n{info}");
        Assert.Equal((kind, version), (reading.Kind.Name, reading.Kind.Version));
    }

    internal static ServerReading Of(string text) => ServerReading.Of(ServerInfo.Parse(text));
}
