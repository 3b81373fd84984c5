using System.Text.RegularExpressions;
using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis.Tuning;

public sealed partial class RemediesSpecs
{
    [Theory]
    [InlineData(TuningKeys.SoMaxConn, RemedyHost.Server, SystuneFiles.Server)]
    [InlineData(TuningKeys.SynBacklog, RemedyHost.Server, SystuneFiles.Server)]
    [InlineData(TuningKeys.SynCookies, RemedyHost.Server, SystuneFiles.Server)]
    [InlineData(TuningKeys.Overcommit, RemedyHost.Server, SystuneFiles.Server)]
    [InlineData(TuningKeys.Swappiness, RemedyHost.Server, SystuneFiles.Server)]
    [InlineData(TuningKeys.Swappiness, RemedyHost.Client, SystuneFiles.Client)]
    [InlineData(TuningKeys.Conntrack, RemedyHost.Server, SystuneFiles.Server)]
    [InlineData(TuningKeys.Conntrack, RemedyHost.Client, SystuneFiles.Client)]
    [InlineData(TuningKeys.TimeWaitReuse, RemedyHost.Client, SystuneFiles.Client)]
    public void Sysctl_remedy_takes_the_value_of_its_tuning_file(string key, RemedyHost host, string file)
    {
        var value = SystuneFiles.Value(file, key);
        Assert.Equal(new Remedy(key, "0", value, host, $"sysctl -w {key}={value}"), Remedies.Sysctl(key, host, "0\n"));
    }

    [Fact]
    public void Other_remedies_take_the_value_of_their_tuning_file() => Assert.Equal(
        new (string, string)[]
        {
            (TuningKeys.PortRange, SystuneFiles.Value(SystuneFiles.Client, TuningKeys.PortRange)),
            (TuningKeys.HugePages, SystuneFiles.Value(SystuneFiles.HugePages, TuningKeys.HugePages)),
            (TuningKeys.Descriptors, SystuneFiles.Value(SystuneFiles.Limits, "nofile")),
            (TuningKeys.Descriptors, SystuneFiles.Value(SystuneFiles.DropIn, "LimitNOFILE")),
            (TuningKeys.MaxClients, SystuneFiles.Value(SystuneFiles.Redis, "maxclients")),
            (TuningKeys.TcpBacklog, SystuneFiles.Value(SystuneFiles.Redis, "tcp-backlog")),
            (TuningKeys.Ports, SystuneFiles.Value(SystuneFiles.Run, "actorload.connection.ports")),
            (TuningKeys.Close, SystuneFiles.Value(SystuneFiles.Run, "actorload.connection.close")),
        },
        new[]
        {
            Remedies.PortRange(null), Remedies.HugePages(null), Remedies.ClientDescriptors(null, 0), Remedies.ServerDescriptors(null, 0),
            Remedies.MaxClients(null, 0), Remedies.TcpBacklog(null, 0), Remedies.SlotPorts(null), Remedies.AbortiveClose(null),
        }.Select(remedy => (remedy.Key, remedy.Proposed)));

    [Fact]
    public void Tuning_values_are_in_the_files_and_not_in_the_code()
    {
        var values = TuningCatalogue.BuiltIn.Settings.SelectMany(setting => setting.Value.Split(' ')).ToHashSet();
        Assert.Superset(new HashSet<string> { "65535", "madvise", "1" }, values);
        var folder = Path.Combine(Sources.Root, "src", "Actors", "Observers");
        var found = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).SelectMany(path => File.ReadLines(path)
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .SelectMany(Values).Where(values.Contains).Select(word => $"{Path.GetFileName(path)}: {word}"));
        Assert.Empty(found);
    }

    [Theory]
    [InlineData(0, "65535")]
    [InlineData(8_000, "65535")]
    [InlineData(100_000, "100000")]
    public void Remedy_proposes_more_than_the_tuning_file_when_a_run_needs_it(long needed, string proposed)
    {
        Assert.Equal(proposed, Remedies.Sysctl(TuningKeys.SoMaxConn, RemedyHost.Server, "4096", needed).Proposed);
        Assert.Equal(proposed, Remedies.TcpBacklog(511, needed).Proposed);
        Assert.Equal(proposed, Remedies.ServerDescriptors(1024, needed).Proposed);
    }

    [Fact]
    public void Syncookies_remedy_is_1_for_any_size_of_burst() =>
        Assert.Equal("1", Remedies.Sysctl(TuningKeys.SynCookies, RemedyHost.Server, "0", 8_000).Proposed);

    [Fact]
    public void Remedy_never_lowers_a_present_value()
    {
        Assert.Equal("200000", Remedies.Sysctl(TuningKeys.SoMaxConn, RemedyHost.Server, "200000").Proposed);
        Assert.Equal("200000", Remedies.MaxClients(200_000, 8_000).Proposed);
        Assert.Equal("1048576", Remedies.ClientDescriptors(1_048_576, 8_000).Proposed);
    }

    [Theory]
    [InlineData("32768\t60999\n", 30_000, "18000 65535")]
    [InlineData("32768\t60999\n", 47_536, "18000 65535")]
    [InlineData("32768\t60999\n", 47_537, "1024 65535")]
    [InlineData("18000\t65535\n", 30_000, "1024 65535")]
    [InlineData("10000\t65535\n", 60_000, "1024 65535")]
    [InlineData("32768\t60999\n", 100_000, "1024 65535")]
    [InlineData(null, 0, "18000 65535")]
    public void Port_range_remedy_is_the_files_range_or_all_ports(string? present, long needed, string proposed)
    {
        var remedy = Remedies.PortRange(present, needed);
        Assert.Equal((proposed, $"sysctl -w net.ipv4.ip_local_port_range=\"{proposed}\""), (remedy.Proposed, remedy.Command));
        Assert.Equal(present?.Trim().Replace('\t', ' '), remedy.Present);
    }

    [Theory]
    [InlineData(null, "redis", "redis-cli config set maxclients 60000")]
    [InlineData("127.0.0.1:6380", "redis", "redis-cli -h 127.0.0.1 -p 6380 config set maxclients 60000")]
    [InlineData("[::1]:6380", "valkey", "redis-cli -h ::1 -p 6380 config set maxclients 60000")]
    [InlineData("127.0.0.1:6380", "garnet", "--network-connection-limit 60000 when Garnet is started")]
    public void Maxclients_remedy_has_a_command_for_each_kind_of_server(string? endpoint, string kind, string command) => Assert.Equal(
        new Remedy("maxclients", "10000", "60000", RemedyHost.Server, command), Remedies.MaxClients(10_000, 20_000, endpoint, kind));

    [Theory]
    [InlineData(8_000, 20_000, "19968")]
    [InlineData(19_968, 20_000, "19968")]
    [InlineData(19_969, 20_000, "60000")]
    [InlineData(8_000, 500_000, "60000")]
    public void Maxclients_remedy_stays_within_the_servers_descriptors_if_they_suffice(long needed, long hard, string proposed) =>
        Assert.Equal(proposed, Remedies.MaxClients(1_000, needed, hard: hard).Proposed);

    [Fact]
    public void Backlog_remedy_is_a_restart_and_for_Garnet_smaller_bursts()
    {
        Assert.Equal("tcp-backlog 65535 in redis.conf, then restart", Remedies.TcpBacklog(511, 8_000).Command);
        Assert.Equal("tcp-backlog 65535 in valkey.conf, then restart", Remedies.TcpBacklog(511, 8_000, "valkey").Command);
        Assert.Equal("tcp-backlog 65535 in keydb.conf, then restart", Remedies.TcpBacklog(511, 8_000, "keydb").Command);
        Assert.Equal("backlog 65535 in kvrocks.conf, then restart", Remedies.TcpBacklog(511, 8_000, "kvrocks").Command);
        Assert.DoesNotContain("redis.conf", Remedies.TcpBacklog(511, 8_000, "unknown").Command, StringComparison.Ordinal);
        Assert.Equal("--tcp_backlog 65535 when Dragonfly is started", Remedies.TcpBacklog(256, 8_000, "dragonfly").Command);
        Assert.Equal(
            new Remedy("load.2.connections", "8000", "512", RemedyHost.Run, "--set load.2.connections=512"), Remedies.SmallerBursts(8_000, 512, "load.2"));
        Assert.Equal("restart the server: its listener was opened before net.core.somaxconn was raised", Remedies.NewListener(128, 8_000).Command);
    }

    [Fact]
    public void Descriptor_remedy_is_ulimit_prlimit_or_a_service_setting()
    {
        Assert.Equal("ulimit -n 64000", Remedies.ClientDescriptors(1_024, 8_100).Command);
        Assert.Equal("ulimit -n 64000", Remedies.ClientDescriptors(1_024, 8_100, 524_288).Command);
        Assert.Equal("ulimit -n 20000", Remedies.ClientDescriptors(1_024, 8_100, 20_000).Command);
        Assert.Equal("prlimit --pid $$ --nofile=64000", Remedies.ClientDescriptors(1_024, 8_100, 4_096).Command);
        Assert.Equal("prlimit --pid 17 --nofile=65535", Remedies.ServerDescriptors(1_024, 8_100, 17).Command);
        Assert.Equal("prlimit --pid 17 --nofile=20000:", Remedies.ServerDescriptors(1_024, 8_100, 17, 20_000).Command);
        Assert.Equal("prlimit --pid 17 --nofile=65535", Remedies.ServerDescriptors(1_024, 8_100, 17, 4_096).Command);
        Assert.Equal("LimitNOFILE=65535 in the service's drop-in (systune/systemd), then restart", Remedies.ServerDescriptors(1_024, 8_100).Command);
    }

    [Fact]
    public void Remedy_in_the_run_file_is_an_option()
    {
        Assert.Equal(new Remedy("connection.ports", "kernel", "slot", RemedyHost.Run, "--set connection.ports=slot"), Remedies.SlotPorts("kernel"));
        Assert.Equal(new Remedy("connection.close", "graceful", "abort", RemedyHost.Run, "--set connection.close=abort"), Remedies.AbortiveClose("graceful"));
        Assert.Equal(new Remedy("connection.max-open", "19000", "9000", RemedyHost.Run, "--set connection.max-open=9000"), Remedies.MaxOpen(19_000, 9_000));
        Assert.Equal(new Remedy("transport.loops", "1", "3", RemedyHost.Run, "--set transport.loops=3"), Remedies.Loops(1, 3));
        Assert.Equal(RemedyHost.Client, Remedies.AnotherMachine("2 cores").Host);
    }

    [Theory]
    [InlineData("Check.Warn(Name, Subject, present, \"1\", \"off\")", "1,off")]
    [InlineData("return Judge(Name, \"madvise\", present => 65_535)", "65535,madvise")]
    [InlineData("present == \"1\" || (disabled is \"1\" or \"2\") || cookies is not (\"0\" or null) || close != \"abort\"", "")]
    [InlineData("$\"connection.close = abort, {ports / 60} ports and 1 more\"", "")]
    public void Search_for_tuning_values_finds_proposals_but_not_comparisons_or_messages(string line, string values) =>
        Assert.Equal(values, string.Join(',', Values(line)));

    /// <summary>What a line of code may propose: long numbers wherever they stand; short ones, and words, where they are a whole text.</summary>
    private static IEnumerable<string> Values(string line) =>
    [
        .. LongNumber().Matches(line).Select(number => number.Value.Replace("_", "", StringComparison.Ordinal)),
        .. WholeText().Matches(line).Select(text => text.Groups[1].Value),
    ];

    [GeneratedRegex(@"\b[0-9][0-9_]{3,}\b")]
    private static partial Regex LongNumber();

    // What is compared with a text is read, and not proposed.
    [GeneratedRegex("""(?<!(?:==|!=|\bis|\bor|\bnot) \(?)"([a-z0-9]+)"(?! =>)""")]
    private static partial Regex WholeText();
}
