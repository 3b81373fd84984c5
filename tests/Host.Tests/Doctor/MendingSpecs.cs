using System.Globalization;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Tests.EndToEnd;
using ActorLoad.Hosting.Tests.EndToEnd.Causes;
using ActorLoad.Hosting.Tests.Transport;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Doctor;

/// <summary>What is too small is found, the command that doctor proposes is carried out, and doctor has nothing more to say of it; where it said that
/// connections would fail, a run before and a run after show that they do and do not.</summary>
public sealed class MendingSpecs
{
    private const string NarrowRange = "20000 20099";

    [SkippableFact]
    public async Task Low_descriptor_limit_is_found_and_fixed()
    {
        Needs.These(Requirement.Redis, Requirement.Prlimit);
        await using var redis = await RedisServer.StartAsync();
        var gate = new Gate(redis);
        string[] limited = ["prlimit", "--nofile=350:350"];
        var (doctors, storms) = (Storm.Load(400), $"{Storm.Load(400)}{Gate.Script}\n {Storm.OneAttempt}");

        var check = (await Examination.OfAsync(redis.Target, doctors, limited)).Named(TuningKeys.Descriptors, Check.Machine);
        check.Expect(CheckState.Fail);
        Assert.Equal("350", check.Present);
        var storm = await gate.LetThroughAsync(1, Storm.RunAsync(redis.Target, storms + "\n connection.reply-timeout = 1s", Options(limited)));
        Assert.True(storm.Outcome("local-exhausted") > 0, $"{storm.Process}");

        var fewer = check.Remedy(TuningKeys.MaxOpen);
        (await Examination.OfAsync(redis.Target, doctors, limited, fewer.AsOption())).Named(TuningKeys.Descriptors, Check.Machine).Expect(CheckState.Ok);
        storm = await gate.LetThroughAsync(int.Parse(fewer.Proposed, CultureInfo.InvariantCulture), Storm.RunAsync(
            redis.Target, $"{storms}\n connection.max-open = {fewer.Proposed}", Options(limited)));
        Assert.Equal(0, storm.Outcome("local-exhausted"));

        // A container's root may not raise what it was given, and is told so.
        var raised = await ChildProcess.RunAsync([.. limited, .. check.Remedy().InShellAfter(), "true"]);
        if (await MayRaiseAsync())
        {
            await ExpectMendedAsync([.. limited, .. check.Remedy().InShellAfter()]);
        }
        else
        {
            Assert.NotEqual(0, raised.ExitCode);
            Assert.Contains("Operation not permitted", raised.Stderr, StringComparison.Ordinal);
        }

        async Task ExpectMendedAsync(string[] mended)
        {
            (await Examination.OfAsync(redis.Target, doctors, mended)).Named(TuningKeys.Descriptors, Check.Machine).Expect(CheckState.Ok);
            var after = await gate.LetThroughAsync(400, Storm.RunAsync(redis.Target, storms, Options(mended)));
            Assert.Equal(400, after.Connections("succeeded"));
        }
    }

    [RedisNetnsFact]
    public async Task Narrow_port_range_is_found_with_its_remedy()
    {
        await using var network = await NarrowAsync();
        await using var redis = await RedisServer.StartAsync(network);
        var gate = new Gate(redis);
        const string Unobserved = "\n observers { server.enabled = off }"; // an observer takes a port too
        var (doctors, storms) = ($"{Storm.Load(150)}{Unobserved}", $"{Storm.Load(150)}{Gate.Script}\n {Storm.OneAttempt}{Unobserved}");

        var check = (await Examination.OfAsync(redis.Target, doctors, network.Prefix)).Named(TuningKeys.PortRange);
        check.Expect(CheckState.Fail);
        var storm = await gate.LetThroughAsync(100, Storm.RunAsync(redis.Target, storms, Options(network.Prefix)));
        Assert.Equal((100, 50), (storm.Connections("succeeded"), storm.Outcome("local-exhausted")));
        Assert.Equal(check.Remedies, storm.Cause("port-exhaustion").Remedies());

        var fewer = await Examination.OfAsync(redis.Target, doctors, network.Prefix, check.Remedy(TuningKeys.MaxOpen).AsOption());
        fewer.Named(TuningKeys.PortRange).Expect(CheckState.Ok);
        fewer.Named(TuningKeys.MaxOpen).Expect(CheckState.Fail); // fewer than are due, which is another matter
        await check.Remedy(TuningKeys.PortRange).CarryOutAsync(network.Prefix);
        (await Examination.OfAsync(redis.Target, doctors, network.Prefix)).Named(TuningKeys.PortRange).Expect(CheckState.Ok);
        storm = await gate.LetThroughAsync(150, Storm.RunAsync(redis.Target, storms, Options(network.Prefix)));
        Assert.Equal(150, storm.Connections("succeeded"));
    }

    [RedisNetnsFact]
    public async Task Kernel_ports_beyond_half_of_the_range_are_found_and_fixed()
    {
        await using var network = await NarrowAsync();
        await using var redis = await RedisServer.StartAsync(network);
        var lines = $"{Storm.Load(60)}\n connection.ports = kernel";

        var check = (await Examination.OfAsync(redis.Target, lines, network.Prefix)).Named(TuningKeys.PortRange);
        check.Expect(CheckState.Warn);

        (await Examination.OfAsync(redis.Target, lines, network.Prefix, check.Remedy(TuningKeys.Ports).AsOption())).Named(TuningKeys.PortRange)
            .Expect(CheckState.Ok);
        await check.Remedy(TuningKeys.PortRange).CarryOutAsync(network.Prefix);
        (await Examination.OfAsync(redis.Target, lines, network.Prefix)).Named(TuningKeys.PortRange).Expect(CheckState.Ok);
    }

    [RedisNetnsFact]
    public async Task Ports_waiting_in_TIME_WAIT_are_found_and_fixed()
    {
        await using var network = await NarrowAsync();
        await network.SysctlAsync(TuningKeys.TimeWaitReuse, "0");
        await using var redis = await RedisServer.StartAsync(network);
        var lines = $"{Storm.Load(60, count: 3, gap: "500ms")}\n connection {{ close = graceful, ports = kernel }}\n {Storm.OneAttempt}";

        // A port that we bound can be had again out of TIME_WAIT. It is there once the server's kernel has acknowledged our FIN, which at the latest
        // a timer does: the gap is longer than that, so that a server without a processor does not leave ports in FIN-WAIT-1.
        var storm = await Storm.RunAsync(redis.Target, $"{lines}\n connection.ports = slot", Options(network.Prefix));
        Assert.True(storm.Connections("succeeded") == 180, $"{storm.Process}");

        var check = (await Examination.OfAsync(redis.Target, lines, network.Prefix)).Named(TuningKeys.TimeWaitReuse);
        check.Expect(CheckState.Fail);
        (await Examination.OfAsync(redis.Target, lines, network.Prefix, check.Remedy(TuningKeys.Close).AsOption())).Named(TuningKeys.TimeWaitReuse)
            .Expect(CheckState.Ok);
        await check.Remedy(TuningKeys.TimeWaitReuse).CarryOutAsync(network.Prefix);
        (await Examination.OfAsync(redis.Target, lines, network.Prefix)).Named(TuningKeys.TimeWaitReuse).Expect(CheckState.Ok);

        // 2 is enough for loopback, and doctor says for whom it is not.
        await network.SysctlAsync(TuningKeys.TimeWaitReuse, "2");
        var two = (await Examination.OfAsync(redis.Target, lines, network.Prefix)).Named(TuningKeys.TimeWaitReuse);
        two.Expect(CheckState.Ok);
        Assert.Contains("loopback only", two.Sentence, StringComparison.Ordinal);

        await network.SysctlAsync(TuningKeys.TimeWaitReuse, "0");
        storm = await Storm.RunAsync(redis.Target, lines, Options(network.Prefix));
        Assert.True(storm.Outcome("local-exhausted") > 0, $"{storm.Process}");
        (await Examination.OfAsync(redis.Target, lines, network.Prefix, check.Remedy(TuningKeys.Ports).AsOption())).Named(TuningKeys.TimeWaitReuse)
            .Expect(CheckState.Ok);
    }

    [RedisNetnsFact]
    public async Task Short_accept_queue_is_fixed_by_the_proposed_remedies()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync(TuningKeys.SoMaxConn, "128");
        var lines = Storm.Load(500);
        string[] asked;
        await using (var redis = await RedisServer.StartAsync(network, "--tcp-backlog", "100"))
        {
            var before = await Examination.OfAsync(redis.Target, lines, network.Prefix);
            Assert.Equal(CheckState.Warn, before.State);
            before.Named(TuningKeys.SoMaxConn).Expect(CheckState.Warn);
            var queue = before.Named(TuningKeys.TcpBacklog);
            queue.Expect(CheckState.Warn);
            Assert.Equal("100", queue.Present);

            await before.Named(TuningKeys.SoMaxConn).Remedy().CarryOutAsync(network.Prefix);
            var after = await Examination.OfAsync(redis.Target, lines, network.Prefix);
            after.Named(TuningKeys.SoMaxConn).Expect(CheckState.Ok);
            after.Named(TuningKeys.TcpBacklog).Expect(CheckState.Warn);
            asked = queue.Remedy().Command.Split(' ')[..2];
            Assert.EndsWith("in redis.conf, then restart", queue.Remedy().Command, StringComparison.Ordinal);
        }

        await using var restarted = await RedisServer.StartAsync(network, $"--{asked[0]}", asked[1]);
        Assert.Equal(CheckState.Ok, (await Examination.OfAsync(restarted.Target, lines, network.Prefix)).Named(TuningKeys.TcpBacklog).State);
    }

    [RedisNetnsFact]
    public async Task Listener_opened_before_the_tuning_needs_a_server_restart()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync(TuningKeys.SoMaxConn, "128");
        await using var redis = await RedisServer.StartAsync(network, "--tcp-backlog", "4096");
        await network.SysctlAsync(TuningKeys.SoMaxConn, "4096");

        var report = await Examination.OfAsync(redis.Target, Storm.Load(500), network.Prefix);

        report.Named(TuningKeys.SoMaxConn).Expect(CheckState.Ok);
        report.Named(TuningKeys.TcpBacklog).Expect(CheckState.Warn);
        Assert.Equal("128", report.Named(TuningKeys.TcpBacklog).Present);
        Assert.Contains("only a restart", report.Named(TuningKeys.TcpBacklog).Sentence, StringComparison.Ordinal);
        Assert.StartsWith("restart the server", report.Named(TuningKeys.TcpBacklog).Remedy().Command, StringComparison.Ordinal);
    }

    [RedisNetnsFact]
    public async Task Short_SYN_backlog_without_cookies_is_found_and_fixed()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync(TuningKeys.SynCookies, "0");
        await network.SysctlAsync(TuningKeys.SynBacklog, "64");
        await using var redis = await RedisServer.StartAsync(network);

        var check = (await Examination.OfAsync(redis.Target, Storm.Load(500), network.Prefix)).Named(TuningKeys.SynBacklog);
        check.Expect(CheckState.Warn);
        await check.Remedy().CarryOutAsync(network.Prefix);
        (await Examination.OfAsync(redis.Target, Storm.Load(500), network.Prefix)).Named(TuningKeys.SynBacklog).Expect(CheckState.Ok);
    }

    [RedisFact]
    public async Task Low_maxclients_is_found_and_fixed()
    {
        await using var redis = await RedisServer.StartAsync("--maxclients", "100");
        var gate = new Gate(redis);
        var storms = $"{Storm.Load(300)}{Gate.Script}\n {Storm.OneAttempt}";

        var check = (await Examination.OfAsync(redis.Target, Storm.Load(300))).Named(TuningKeys.MaxClients);
        check.Expect(CheckState.Fail);

        // What the run has shown is mended in the same words, and by the same command.
        var storm = await gate.LetThroughAsync(90, Storm.RunObservedAsync(redis.Target, storms, Options(await Undisturbed.PrefixAsync())), words: 300); // whoever gets a place gets one
        var cause = storm.Cause("maxclients").Remedies();
        Assert.Equal(check.Remedies, cause);
        await cause[0].CarryOutAsync();
        (await Examination.OfAsync(redis.Target, Storm.Load(300))).Named(TuningKeys.MaxClients).Expect(CheckState.Ok);
        storm = await gate.LetThroughAsync(300, Storm.RunAsync(redis.Target, storms));
        Assert.Equal(300, storm.Connections("succeeded"));
    }

    [SkippableFact]
    public async Task Low_descriptor_limit_of_the_server_is_found_and_fixed()
    {
        Needs.These(Requirement.Redis, Requirement.Prlimit);
        await using var redis = await RedisServer.StartAsync("--maxclients", "100");
        (await ChildProcess.RunAsync("prlimit", "--pid", $"{redis.ProcessId}", "--nofile=200:")).Expect();

        var before = await Examination.OfAsync(redis.Target, Storm.Load(300));
        before.Named(TuningKeys.Descriptors, redis.Target).Expect(CheckState.Fail);
        before.Named(TuningKeys.MaxClients).Expect(CheckState.Fail);

        // In the order in which they are proposed: the server gives no clients that it has no descriptors for.
        foreach (var check in before.Checks.Where(check => check.State == CheckState.Fail))
        {
            await check.Remedy().CarryOutAsync();
        }

        var after = await Examination.OfAsync(redis.Target, Storm.Load(300));
        after.Named(TuningKeys.Descriptors, redis.Target).Expect(CheckState.Ok);
        after.Named(TuningKeys.MaxClients).Expect(CheckState.Ok);
    }

    /// <summary>True if this root may raise a hard limit (CAP_SYS_RESOURCE).</summary>
    private static async Task<bool> MayRaiseAsync() => (await ChildProcess.RunAsync("prlimit", "--nofile=100:100", "bash", "-c", "ulimit -n 200")).ExitCode == 0;

    private static async Task<NetworkNamespace> NarrowAsync()
    {
        var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync(TuningKeys.PortRange, NarrowRange);
        return network;
    }

    private static ActorLoadOptions Options(IReadOnlyList<string> wrapper) => new() { Wrapper = wrapper };
}
