using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Tests.EndToEnd;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Peers.Resp;
using Xunit;

namespace ActorLoad.Hosting.Tests.Doctor;

/// <summary>A target that answers with an error: each has an advice of its own.</summary>
public sealed class TargetSpecs
{
    private const string Address = "10.77.7.1";

    [RedisTheory]
    [InlineData("", "wants a password (NOAUTH")]
    [InlineData("target.password = other", "does not take the user and password (WRONGPASS")]
    public async Task Missing_or_wrong_password_fails_the_target_check(string lines, string told)
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "word");
        var check = (await Examination.OfAsync(redis.Target, $"{Storm.Load(5)}\n {lines}")).Named("target");
        check.Expect(CheckState.Fail);
        Assert.Contains(told, check.Sentence, StringComparison.Ordinal);
        Assert.Equal([Remedies.Password()], check.Remedies);
        (await Examination.OfAsync(redis.Target, $"{Storm.Load(5)}\n target.password = word")).Named("target").Expect(CheckState.Ok);
    }

    [RedisFact]
    public async Task Server_without_a_free_client_slot_fails_the_target_check()
    {
        await using var redis = await RedisServer.StartAsync("--maxclients", "1"); // the spec's own
        var check = (await Examination.OfAsync(redis.Target, Storm.Load(5))).Named("target");
        check.Expect(CheckState.Fail);
        Assert.Contains("max number of clients", check.Sentence, StringComparison.Ordinal);
        Assert.Equal(TuningKeys.MaxClients, check.Remedy().Key);
        await redis.CommandAsync("CONFIG", "SET", "maxclients", check.Remedy().Proposed);
        (await Examination.OfAsync(redis.Target, Storm.Load(5))).Named("target").Expect(CheckState.Ok);
    }

    [RedisNetnsFact]
    public async Task Protected_mode_is_reported()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        (await network.ExecAsync("ip", "address", "add", $"{Address}/32", "dev", "lo")).Expect();
        await using var redis = await RedisServer.StartAsync(network, "--bind", "0.0.0.0", "--protected-mode", "yes");
        var (target, lines) = ($"{Address}:{redis.Port}", $"{Storm.Load(5)}\n safety.allowed-targets = [\"{Address}/32\"]");
        var check = (await Examination.OfAsync(target, lines, network.Prefix)).Named("target");
        check.Expect(CheckState.Fail);
        Assert.Contains("is in protected mode", check.Sentence, StringComparison.Ordinal);
        await check.Remedy(TuningKeys.ProtectedMode).CarryOutAsync(network.Prefix);
        (await Examination.OfAsync(target, lines, network.Prefix)).Named("target").Expect(CheckState.Ok);
    }

    [RedisFact]
    public async Task Renamed_CONFIG_gets_no_ACL_remedy()
    {
        await using var redis = await RedisServer.StartAsync("--rename-command", "CONFIG", "HIDDEN");
        var report = await Examination.OfAsync(redis.Target, Storm.Load(5));
        report.Named("target").Expect(CheckState.Ok);
        report.Named("CONFIG GET").Expect(CheckState.Unseen);
        Assert.Contains("renamed or taken away", report.Named("CONFIG GET").Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("ACL", report.Named("CONFIG GET").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loading_server_fails_with_advice_to_wait()
    {
        await using var peer = FaultPeer.ErrorReply("LOADING Redis is loading the dataset in memory");
        var check = (await Examination.OfAsync(peer.Target, Storm.Load(5))).Named("target");
        check.Expect(CheckState.Fail);
        Assert.Contains("wait until it has read its data", check.Sentence, StringComparison.Ordinal);
        Assert.Equal($"redis-cli -h 127.0.0.1 -p {peer.Port} info persistence", check.Look);
    }

    [RedisFact]
    public async Task Server_busy_with_a_script_fails_until_the_script_ends()
    {
        await using var redis = await RedisServer.StartAsync("--lua-time-limit", "10");
        using var client = await RespClient.ConnectAsync(redis.Port);
        await client.SendAsync(CancellationToken.None, "EVAL", "while true do end", "0");
        await Assert.ThrowsAsync<RedisErrorException>(async () =>
        {
            for (var look = 0; look < 1_000; look++)
            {
                await redis.CommandAsync("PING"); // until it says BUSY
            }
        });
        var check = (await Examination.OfAsync(redis.Target, Storm.Load(5))).Named("target");
        check.Expect(CheckState.Fail);
        Assert.Contains("(BUSY ", check.Sentence, StringComparison.Ordinal);
        Assert.Contains("SCRIPT KILL or SHUTDOWN NOSAVE.): wait until it is done, or end it as it says", check.Sentence, StringComparison.Ordinal);
        await redis.CommandAsync("SCRIPT", "KILL");
        (await Examination.OfAsync(redis.Target, Storm.Load(5))).Named("target").Expect(CheckState.Ok);
    }

    [LinuxFact]
    public async Task Signal_ends_a_doctor_that_waits_for_its_target()
    {
        await using var peer = FaultPeer.Hanging();
        await using var doctor = ActorLoadProcess.Start(["doctor", "--target", peer.Target]);
        await peer.AcceptedAsync(1);
        doctor.Signal(ChildSignal.Interrupt);
        var ended = (await doctor.ExitAsync()).Expect(130);
        Assert.Contains("stopped by SIGINT", ended.Stderr, StringComparison.Ordinal);
    }
}
