using System.Globalization;
using ActorLoad.Configuration;
using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis.Tuning;

/// <summary>Each command that a remedy has is carried out, as somebody would who pastes it.</summary>
public sealed class RemedyCommandSpecs
{
    [NetnsFact]
    public async Task Kernel_accepts_the_sysctl_remedies()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        Remedy[] remedies =
        [
            Remedies.Sysctl(TuningKeys.SoMaxConn, RemedyHost.Server, null),
            Remedies.Sysctl(TuningKeys.SynBacklog, RemedyHost.Server, null),
            Remedies.Sysctl(TuningKeys.SynCookies, RemedyHost.Server, null),
            Remedies.Sysctl(TuningKeys.TimeWaitReuse, RemedyHost.Client, null),
            Remedies.PortRange(null),
            Remedies.PortRange(null, 60_000),
        ];
        foreach (var remedy in remedies)
        {
            (await network.ExecAsync("bash", "-c", remedy.Command)).Expect();
            var now = (await network.ExecAsync("sysctl", "-n", remedy.Key)).Expect().Stdout;
            Assert.Equal(remedy.Proposed, TuningSetting.Chosen(now));
        }
    }

    [RedisFact]
    public async Task The_commands_for_a_server_let_it_take_more_clients()
    {
        await using var redis = await RedisServer.StartAsync("--maxclients", "10");
        var (_, hard) = await LimitsAsync(redis.ProcessId);
        var files = Remedies.ServerDescriptors(null, 0, redis.ProcessId, hard);
        (await ChildProcess.RunAsync("bash", "-c", files.Command)).Expect();
        Assert.Equal(long.Parse(files.Proposed, CultureInfo.InvariantCulture), (await LimitsAsync(redis.ProcessId)).Soft);
        var clients = Remedies.MaxClients(10, 0, redis.Target, hard: long.Parse(files.Proposed, CultureInfo.InvariantCulture));
        Assert.Equal("OK", (await ChildProcess.RunAsync("bash", "-c", clients.Command)).Expect().Stdout.Trim());
        Assert.Equal(clients.Proposed, (await redis.InfoAsync("clients"))["maxclients"]);
    }

    [PrlimitFact]
    public async Task The_command_for_our_own_descriptors_raises_them_in_its_shell()
    {
        var remedy = Remedies.ClientDescriptors(64, 100, 128);
        var told = (await ChildProcess.RunAsync("prlimit", "--nofile=64:128", "bash", "-c", $"{remedy.Command} && ulimit -n")).Expect();
        Assert.Equal((remedy.Proposed, "128"), (told.Stdout.Trim(), remedy.Proposed));
    }

    [Fact]
    public void Configuration_accepts_the_options_of_the_remedies()
    {
        Remedy[] remedies =
        [
            Remedies.SlotPorts("kernel"), Remedies.AbortiveClose("graceful"), Remedies.MaxOpen(19_000, 9_000), Remedies.Loops(1, 2),
            Remedies.SmallerBursts(8_000, 512, "load.0"), Remedies.Transport("io-uring", "auto"),
        ];
        var options = remedies.Select(remedy => Assert.IsType<string>(remedy.Command)["--set ".Length..].Split('=', 2));
        var settings = ConfigLoader.Load([.. options.Select(option => new OverrideLayer("--set", option[0], option[1]))]).Settings;
        Assert.Equal(9_000, settings.Connection.MaxOpen);
        Assert.Equal(2, settings.Transport.Loops);
        Assert.Equal(512, ((ActorLoad.Load.BurstSettings)Assert.Single(settings.Load)).Connections);
    }

    private static async Task<(long Soft, long Hard)> LimitsAsync(int processId)
    {
        var limits = await File.ReadAllLinesAsync($"/proc/{processId}/limits");
        var row = limits.Single(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(row[3], CultureInfo.InvariantCulture), long.Parse(row[4], CultureInfo.InvariantCulture));
    }
}
