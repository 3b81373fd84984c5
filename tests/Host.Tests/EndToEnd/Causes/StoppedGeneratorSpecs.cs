using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>ActorLoad is stopped in the midst of a storm, and goes on.</summary>
public sealed class StoppedGeneratorSpecs
{
    [RedisNetnsTheory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Stopped_generator_is_named_as_the_cause_with_the_time(string transport)
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);

        var storm = await Storm.RunObservedAsync(
            server.Target, $"load = [ {{ connections = 50, count = 40, gap = 50ms, pacing = fixed }} ]\n transport.kind = {transport}",
            new ActorLoadOptions { Wrapper = [.. network.Prefix] }, async run =>
            {
                await server.HasReceivedAsync(120, () => run.HasExited);
                run.Signal(ChildSignal.Stop);
                await server.CommandAsync("BLPOP", "nothing", "1.5"); // the server tells when it has been so long
                run.Signal(ChildSignal.Continue);
            });

        Assert.StartsWith("ActorLoad itself was the limit: it stood still for ", storm.Cause("generator-limited").GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal("generator-limited", storm.Verdict);
        Assert.DoesNotContain(storm.Rules, rule => rule is "server-stalled" or "server-cpu" or "accept-queue-overflow" or "observer-lost");
        Assert.Contains(storm.Result.GetProperty("generator").GetProperty("pauses").EnumerateArray(), pause => pause.GetProperty("seconds").GetDouble() >= 1);
    }
}
