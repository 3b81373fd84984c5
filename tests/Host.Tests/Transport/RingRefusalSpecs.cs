using ActorLoad.Hosting.Tests.Daemon;
using ActorLoad.Hosting.Tests.EndToEnd;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Transport;

/// <summary>Where io_uring cannot be had, <c>auto</c> goes without and says why, and <c>io-uring</c> ends with that reason.</summary>
[Collection(nameof(EndToEnd))] // a sysctl of the whole machine
public sealed class RingRefusalSpecs
{
    private const int EPERM = 1;
    private const int EINVAL = 22;
    private const int ENOSYS = 38;

    // A ring of full size takes a megabyte and more, a small one that only looks would pass.
    private const string SmallMemlock = "--memlock=65536";

    [SkippableTheory]
    [InlineData(EPERM, "seccomp profile forbids io_uring")]
    [InlineData(ENOSYS, "no io_uring")]
    [InlineData(EINVAL, "Linux 6.1")]
    public async Task Refused_ring_ends_with_exit_code_2_and_the_reason(int errno, string reason)
    {
        Needs.These(Requirement.Perl);
        await ExpectRefusalAsync(RefusedCalls.Ring(errno), reason);
    }

    [SkippableFact]
    public async Task Ring_that_may_not_be_entered_or_probed_is_refused()
    {
        Needs.These(Requirement.Perl);
        Needs.Ring();
        await ExpectRefusalAsync(RefusedCalls.EnterRing(EPERM), "io_uring_enter");
        await ExpectRefusalAsync(RefusedCalls.RegisterRing(EPERM), "IORING_REGISTER_PROBE");
    }

    [SkippableTheory]
    [InlineData]
    [InlineData("--quiet")]
    public async Task Auto_falls_back_to_sockets_and_gives_the_reason_in_result_and_one_line(params string[] quiet)
    {
        Needs.These(Requirement.Perl);
        await using var peer = FaultPeer.Answering();

        await using var process = ActorLoadProcess.Start(
            ["run", "--target", peer.Target, "--connections", "5", "--duration", "1s", "--gap", "1s", "--json", .. quiet],
            new ActorLoadOptions { Wrapper = RefusedCalls.Ring(EPERM) });

        var run = (await process.ExitAsync()).Expect(0);
        var result = RunResultJson.Parse(run.Stdout);
        Assert.Equal(("sockets", 1), (result.Transport.Kind, result.Transport.Loops));
        Assert.Contains("seccomp profile forbids io_uring", result.Transport.Reason, StringComparison.Ordinal);
        Assert.Single(run.Stderr.Split('\n'), line => line.Contains(result.Transport.Reason, StringComparison.Ordinal));
        Assert.Equal(5, result.Connections.Succeeded);
    }

    [SkippableFact]
    public async Task Daemon_without_a_ring_logs_the_reason_and_refuses_a_run_that_requires_it()
    {
        Needs.These(Requirement.Perl);
        await using var peer = FaultPeer.Answering();
        using var files = new TemporaryDirectory();
        await using var daemon = await DaemonProcess.StartAsync(files, new ActorLoadOptions { Wrapper = RefusedCalls.Ring(EPERM) });

        var id = await daemon.RunAsync(RunsApiSpecs.Body(peer, 5));
        await daemon.EndOfAsync(id);

        await daemon.Process.StderrLineAsync(
            line => line.Contains($"run {id} uses sockets: auto: no ring, because a seccomp profile", StringComparison.Ordinal));
        var insists = daemon.PostAsync($"actorload {{ target.endpoints = [\"{peer.Target}\"], transport.kind = io-uring }}");
        var problem = await DaemonProcess.ProblemAsync(insists, 422);
        Assert.Contains("seccomp", problem.GetRawText(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Limit_of_locked_memory_is_named_as_the_reason()
    {
        Needs.These(Requirement.LesserRoot);
        Needs.Ring();
        var isCharged = Environment.OSVersion.Version >= new Version(6, 14);
        Skip.IfNot(isCharged || Requirement.RequireAll, "needs Linux 6.14, which charges a ring's memory to RLIMIT_MEMLOCK");
        string[] confined = [.. Without("ipc_lock"), "prlimit", SmallMemlock];

        await ExpectRefusalAsync(confined, "RLIMIT_MEMLOCK");
        await using var peer = FaultPeer.Answering();
        var storm = await Storm.RunAsync(peer.Target, Storm.Load(5), new ActorLoadOptions { Wrapper = confined });
        Assert.Equal((5, "sockets"), (storm.Connections("succeeded"), storm.Transport.Kind));
        Assert.Contains("RLIMIT_MEMLOCK", storm.Transport.Reason, StringComparison.Ordinal);
    }

    // At 1 the sysctl shuts out only those without CAP_SYS_ADMIN: our child, and nobody else here who is root.
    [SkippableFact]
    public async Task Sysctl_that_forbids_io_uring_is_named_as_the_reason()
    {
        const string Sysctl = "/proc/sys/kernel/io_uring_disabled";
        Needs.These(Requirement.LesserRoot);
        Needs.Ring();
        Skip.If(!File.Exists(Sysctl) && !Requirement.RequireAll, "needs a kernel with sysctl kernel.io_uring_disabled");
        var before = await File.ReadAllTextAsync(Sysctl);
        try
        {
            await File.WriteAllTextAsync(Sysctl, "1");
            await ExpectRefusalAsync(Without("sys_admin"), "kernel.io_uring_disabled is 1");
        }
        finally
        {
            await File.WriteAllTextAsync(Sysctl, before);
        }
    }

    private static async Task ExpectRefusalAsync(IReadOnlyList<string> wrapper, string reason)
    {
        await using var peer = FaultPeer.Answering();
        await using var process = ActorLoadProcess.Start(
            ["run", "--target", peer.Target, "--set", "transport.kind=io-uring", "--json"], new ActorLoadOptions { Wrapper = wrapper });

        var run = (await process.ExitAsync()).Expect(2);

        Assert.Equal("", run.Stdout);
        var line = Assert.Single(run.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("transport.kind: ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
        Assert.Equal(0, peer.Accepted);
    }

    private static string[] Without(string right) => ["setpriv", $"--bounding-set=-{right}", $"--inh-caps=-{right}"];
}
