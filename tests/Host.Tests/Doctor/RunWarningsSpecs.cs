using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Hosting.Tests.EndToEnd;
using ActorLoad.Hosting.Tests.EndToEnd.Causes;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Doctor;

/// <summary>What <c>run</c> says of itself before it begins.</summary>
[Collection(nameof(EndToEnd))]
public sealed class RunWarningsSpecs
{
    private const int MostRuns = 10;

    [Fact]
    public async Task Run_with_sufficient_limits_prints_no_warning()
    {
        await using var peer = FaultPeer.Answering();
        var run = (await Examination.RunAsync("run", peer.Target, Storm.Load(20), null, "--json")).Expect();
        Assert.Empty(Warnings(run));
    }

    [RedisNetnsFact]
    public async Task Each_warning_is_a_line_with_its_remedy_after_the_first_line()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync(TuningKeys.PortRange, "20000 20099");
        await using var redis = await RedisServer.StartAsync(network, "--tcp-backlog", "100");

        var run = await Examination.RunAsync("run", redis.Target, $"{Storm.Load(150)}\n {Storm.OneAttempt}", network.Prefix, "--json");

        Assert.StartsWith("actorload: storming ", run.Stderr, StringComparison.Ordinal);
        var doctor = await Examination.OfAsync(redis.Target, Storm.Load(150), network.Prefix);
        string[] expected = [.. new[] { TuningKeys.PortRange, TuningKeys.TcpBacklog }.Select(name => doctor.Named(name)).Select(check =>
            $"actorload: {check.State.ToString().ToUpperInvariant()} {check.Name}: {check.Sentence}; ")];
        var lines = Warnings(run);
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected.Zip(lines), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.EndsWith("sysctl -w net.ipv4.ip_local_port_range=\"18000 65535\"", lines[0], StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Run_warns_of_limits_that_the_server_tells()
    {
        await using var redis = await RedisServer.StartAsync("--maxclients", "100");
        var check = (await Examination.OfAsync(redis.Target, Storm.Load(150))).Named(TuningKeys.MaxClients);
        string[] told = [];

        // A run that gets no processor does not wait for the answer: such a one says nothing of it, and is repeated.
        for (var run = 0; run < MostRuns && !told.Any(line => line.Contains(TuningKeys.MaxClients, StringComparison.Ordinal)); run++)
        {
            told = Warnings(await Examination.RunAsync("run", redis.Target, $"{Storm.Load(150)}\n {Storm.OneAttempt}", await Undisturbed.PrefixAsync(), "--json"));
        }

        Assert.Contains(
            told, line => line.StartsWith($"actorload: FAIL maxclients: {check.Sentence}; ", StringComparison.Ordinal)
                && line.EndsWith(check.Remedy().Command, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_without_a_quick_answer_neither_delays_the_run_nor_gets_a_warning()
    {
        await using var peer = FaultPeer.Hanging();
        var run = await Examination.RunAsync("run", peer.Target, $"{Storm.Load(1)}\n {Storm.OneAttempt}\n connection.reply-timeout = 100ms", null, "--json");
        Assert.DoesNotContain(Warnings(run), line => line.Contains(" target: ", StringComparison.Ordinal));
    }

    [RedisNetnsFact]
    public async Task Quiet_run_prints_no_warning()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync(TuningKeys.PortRange, "20000 20099");
        await using var redis = await RedisServer.StartAsync(network);
        var run = await Examination.RunAsync("run", redis.Target, Storm.Load(150), network.Prefix, "--json", "--quiet");
        Assert.Equal("", run.Stderr);
    }

    private static string[] Warnings(ProcessResult run) => [.. run.Stderr.Split('\n')
        .Where(line => line.StartsWith("actorload: WARN ", StringComparison.Ordinal) || line.StartsWith("actorload: FAIL ", StringComparison.Ordinal))];
}
