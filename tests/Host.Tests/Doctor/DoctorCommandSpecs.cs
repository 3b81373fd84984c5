using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Tests.EndToEnd;
using ActorLoad.Hosting.Tests.Transport;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Doctor;

public sealed class DoctorCommandSpecs
{
    private const int EPERM = 1;

    [Fact]
    public async Task Quick_run_needs_no_change_of_the_machine()
    {
        var doctor = (await ActorLoadProcess.RunAsync(["doctor"])).Expect();
        Assert.StartsWith("READY", doctor.Stdout.TrimStart(), StringComparison.Ordinal);
        Assert.Contains("the embedded server", doctor.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("FAIL", doctor.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', doctor.Stdout);
        Assert.Equal("", doctor.Stderr);
    }

    [Fact]
    public async Task Burst_beyond_the_embedded_servers_queue_is_a_warning_with_a_working_option()
    {
        var check = (await Examination.OfAsync("embedded", Storm.Load(1500))).Named(TuningKeys.TcpBacklog);
        check.Expect(CheckState.Warn);
        (await Examination.OfAsync("embedded", Storm.Load(1500), null, check.Remedy().AsOption())).Named(TuningKeys.TcpBacklog).Expect(CheckState.Ok);
    }

    [Theory]
    [InlineData("no.conf", "--cps", "many")]
    [InlineData("--target", "192.0.2.1:6379", "--cps", "5")]
    [InlineData("--set", "conections=5", "--gap", "1s", "--gaps", "2")]
    public async Task Doctor_refuses_what_run_refuses_with_the_same_lines(params string[] args)
    {
        var run = (await ActorLoadProcess.RunAsync(["run", .. args])).Expect(2);
        var doctor = (await ActorLoadProcess.RunAsync(["doctor", "--json", .. args])).Expect(2);
        Assert.Equal(("", run.Stderr), (doctor.Stdout, doctor.Stderr));
        Assert.NotEqual("", doctor.Stderr);
    }

    [Fact]
    public async Task Down_target_is_reported_beside_all_other_checks()
    {
        await using var peer = FaultPeer.ClosedPort();
        var report = await Examination.OfAsync(peer.Target, Storm.Load(5));
        report.Named("target").Expect(CheckState.Fail);
        Assert.Contains("nothing listens there", report.Named("target").Sentence, StringComparison.Ordinal);
        Assert.Contains(report.Checks, check => check.Name == TuningKeys.Descriptors && check.State == CheckState.Ok);
        var told = await Examination.RunAsync("doctor", peer.Target, Storm.Load(5));
        Assert.StartsWith("NOT READY: 1 FAIL", told.Expect(3).Stdout.TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Target_that_speaks_another_protocol_fails_the_target_check()
    {
        await using var peer = FaultPeer.Garbage();
        (await Examination.OfAsync(peer.Target, Storm.Load(5))).Named("target").Expect(CheckState.Fail);
    }

    [RedisFact]
    public async Task Refused_CONFIG_is_reported_with_an_ACL_command_that_works()
    {
        await using var redis = await RedisServer.StartAsync("--save", "3600 1", "--tcp-backlog", "600");
        await redis.CommandAsync("ACL", "SETUSER", "storm", "on", ">word", "~*", "+@all", "-config");
        var lines = $"{Storm.Load(5)}\n target {{ username = storm, password = word }}";

        var refused = await Examination.OfAsync(redis.Target, lines);
        refused.Named("CONFIG GET").Expect(CheckState.Unseen);
        Assert.NotEqual(CheckState.Fail, refused.State);
        Assert.DoesNotContain("word", refused.ToJson(), StringComparison.Ordinal);

        var words = refused.Named("CONFIG GET").Sentence.Split('`')[1].Split(' ');
        await redis.CommandAsync(words);
        var allowed = await Examination.OfAsync(redis.Target, lines);
        Assert.DoesNotContain(allowed.Checks, check => check.Name == "CONFIG GET");
        Assert.Equal("600", allowed.Named(TuningKeys.TcpBacklog).Present);
    }

    [RedisNetnsFact]
    public async Task Remote_server_is_asked_and_its_kernel_settings_get_a_command_to_look()
    {
        await using var here = await NetworkNamespace.CreateAsync();
        await using var there = await NetworkNamespace.CreateAsync();
        await JoinAsync(here, there);
        await there.SysctlAsync(TuningKeys.SoMaxConn, "128");
        await using var redis = await RedisServer.StartAsync(there, "--bind", "10.77.0.2", "--protected-mode", "no", "--maxclients", "100");
        var target = $"10.77.0.2:{redis.Port}";
        var lines = $"{Storm.Load(300)}\n safety.allowed-targets = [\"10.77.0.2/32\"]\n connection.close = graceful";

        var report = await Examination.OfAsync(target, lines, here.Prefix);

        report.Named(TuningKeys.MaxClients).Expect(CheckState.Fail);
        report.Named(TuningKeys.SoMaxConn).Expect(CheckState.Unseen);
        Assert.Equal("sysctl net.core.somaxconn", report.Named(TuningKeys.SoMaxConn).Look);
        var shown = (await there.ExecAsync("bash", "-c", report.Named(TuningKeys.SoMaxConn).Look!)).Expect().Stdout;
        Assert.Equal("net.core.somaxconn = 128", shown.Trim());
    }

    [RedisNetnsFact]
    public async Task Too_few_ports_fail_the_check_of_only_one_target()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync(TuningKeys.PortRange, "20000 20099");
        await using var often = await RedisServer.StartAsync(network);
        await using var once = await RedisServer.StartAsync(network);
        var lines = $"target.endpoints = [\"{often.Target}\", \"{once.Target}\", \"{often.Target}\"]\n {Storm.Load(180)}";

        var report = await Examination.OfAsync(often.Target, lines, network.Prefix);

        report.Named(TuningKeys.PortRange, $"127.0.0.1 -> {often.Target}").Expect(CheckState.Fail);
        report.Named(TuningKeys.PortRange, $"127.0.0.1 -> {once.Target}").Expect(CheckState.Ok);
    }

    [RedisNetnsFact]
    public async Task TIME_WAIT_reuse_of_2_does_not_help_against_another_machine()
    {
        await using var here = await NetworkNamespace.CreateAsync();
        await using var there = await NetworkNamespace.CreateAsync();
        await JoinAsync(here, there);
        await here.SysctlAsync(TuningKeys.PortRange, "20000 20099");
        await here.SysctlAsync(TuningKeys.TimeWaitReuse, "2");
        await using var redis = await RedisServer.StartAsync(there, "--bind", "10.77.0.2", "--protected-mode", "no");
        var (target, lines) = ($"10.77.0.2:{redis.Port}", $"{Storm.Load(60, count: 3)}\n safety.allowed-targets = [\"10.77.0.2/32\"]\n connection {{ close = graceful, ports = kernel }}");

        var check = (await Examination.OfAsync(target, lines, here.Prefix)).Named(TuningKeys.TimeWaitReuse);
        check.Expect(CheckState.Fail);
        Assert.Contains("2 means on loopback only", check.Sentence, StringComparison.Ordinal);
        await check.Remedy(TuningKeys.TimeWaitReuse).CarryOutAsync(here.Prefix);
        (await Examination.OfAsync(target, lines, here.Prefix)).Named(TuningKeys.TimeWaitReuse).Expect(CheckState.Ok);
    }

    [SkippableFact]
    public async Task Forbidden_ring_is_a_warning_or_a_failure_when_required()
    {
        Needs.These(Requirement.Perl);
        var auto = await Examination.OfAsync("embedded", Storm.Load(5), RefusedCalls.Ring(EPERM));
        auto.Named("transport.kind").Expect(CheckState.Warn);
        Assert.Contains("seccomp", auto.Named("transport.kind").Sentence, StringComparison.Ordinal);
        var demanded = await Examination.OfAsync("embedded", $"{Storm.Load(5)}\n transport.kind = io-uring", RefusedCalls.Ring(EPERM));
        demanded.Named("transport.kind").Expect(CheckState.Fail);
        (await Examination.OfAsync("embedded", Storm.Load(5), RefusedCalls.Ring(EPERM), "--set", "transport.kind=sockets")).Named("transport.kind")
            .Expect(CheckState.Ok);
    }

    [SkippableTheory]
    [InlineData("0755", "does not show it")]
    [InlineData("0000", "may not be read")]
    public async Task Missing_or_forbidden_settings_are_reported_and_fail_no_check(string mode, string why)
    {
        Needs.These(Requirement.LesserRoot);
        const string Rights = "-dac_override,-dac_read_search"; // with which root may read everything
        string[] hidden =
        [
            "unshare", "--mount", "bash", "-c",
            $"mount -t tmpfs -o mode={mode} none /proc/sys/net && exec setpriv --bounding-set={Rights} --inh-caps={Rights} \"$0\" \"$@\"",
        ];

        var report = await Examination.OfAsync("embedded", "", hidden);

        Assert.NotEqual(CheckState.Fail, report.State);
        foreach (var name in new[] { TuningKeys.PortRange, TuningKeys.SoMaxConn, TuningKeys.SynBacklog })
        {
            report.Named(name).Expect(CheckState.Unseen);
            Assert.Contains(why, report.Named(name).Sentence, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [InlineData("--bounding-set=-all --inh-caps=-all --no-new-privs")]
    [InlineData("--reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs")]
    public async Task Command_needs_no_privilege(string confinement)
    {
        Needs.These(Requirement.LesserRoot);
        string[] wrapper = ["setpriv", .. confinement.Split(' ')];
        Skip.If((await ChildProcess.RunAsync([.. wrapper, "test", "-r", ActorLoadProcess.Dll])).ExitCode != 0, "needs a build that an ordinary user may read");
        var run = (await ActorLoadProcess.RunAsync(["doctor", "--json"], new ActorLoadOptions { Wrapper = wrapper })).Expect();
        var report = DoctorReport.Parse(run.Stdout);
        foreach (var name in new[] { TuningKeys.Descriptors, TuningKeys.PortRange, TuningKeys.SoMaxConn, TuningKeys.Swappiness, "memory" })
        {
            report.Named(name).Expect(CheckState.Ok);
        }
    }

    [SkippableFact]
    public async Task Read_only_settings_are_reported_beside_the_needed_ones()
    {
        Needs.These(Requirement.LesserRoot);
        string[] container = ["unshare", "--mount", "bash", "-c", "mount --bind -o ro /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys && exec \"$0\" \"$@\""];
        var report = await Examination.OfAsync("embedded", Storm.Load(19_000) + "\n connection.ports = kernel", container);
        report.Named(TuningKeys.PortRange).Expect(CheckState.Warn);
        Assert.Contains("no sysctl -w works here", report.Named("/proc/sys").Sentence, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Doctor_only_reads()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("CONFIG", "RESETSTAT");
        await Examination.OfAsync(redis.Target, Storm.Load(8000));
        var commands = (await redis.InfoAsync("commandstats")).Keys.Select(key => key["cmdstat_".Length..]).Except(["config|resetstat"]);
        Assert.Equal(["config|get", "info", "ping"], commands.Order());
        Assert.Equal("1", (await redis.InfoAsync("stats"))["total_connections_received"]);
    }

    private static async Task JoinAsync(NetworkNamespace here, NetworkNamespace there)
    {
        (await ChildProcess.RunAsync("ip", "link", "add", "al0", "netns", here.Name, "type", "veth", "peer", "name", "al1", "netns", there.Name)).Expect();
        foreach (var (network, device, address) in new[] { (here, "al0", "10.77.0.1/24"), (there, "al1", "10.77.0.2/24") })
        {
            (await network.ExecAsync("ip", "address", "add", address, "dev", device)).Expect();
            (await network.ExecAsync("ip", "link", "set", device, "up")).Expect();
        }
    }
}
