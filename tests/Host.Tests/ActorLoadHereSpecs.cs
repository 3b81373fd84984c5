using ActorLoad.Hosting.Runs;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using Akka.Actor;
using Akka.Event;
using Xunit;

namespace ActorLoad.Hosting.Tests;

public sealed class ActorLoadHereSpecs
{
    [Theory]
    [InlineData(0, "--help")]
    [InlineData(0, "config", "--connections", "7")]
    [InlineData(2, "config", "--connections", "many")]
    [InlineData(2, "run", "no-such.conf")]
    [InlineData(2, "serve", "--set", "daemon.url=http://0.0.0.0:0")]
    [InlineData(2, "doctor", "--jsn")]
    [InlineData(2, "target", "--port", "70000")]
    [InlineData(2, "monitor", "--port", "0")]
    [InlineData(2, "compare", "no-such-result", "no-such-other")]
    [InlineData(2, "search", "no-such.conf")]
    [InlineData(2, "storm")]
    public async Task Command_ends_and_writes_as_in_a_process_of_its_own(int code, params string[] args)
    {
        var here = (await ActorLoadHere.RunAsync(args)).Expect(code);
        var there = (await ActorLoadProcess.RunAsync(args)).Expect(code);
        Assert.Equal((there.Stdout, there.Stderr), (here.Stdout, here.Stderr));
    }

    [Fact]
    public async Task Commands_at_the_same_time_keep_their_words_apart()
    {
        var all = await Task.WhenAll(Enumerable.Range(1, 20).Select(count => ActorLoadHere.RunAsync(["config", "--count", $"{count}"])));
        Assert.All(all.Index(), one => Assert.Contains($"count = {one.Index + 1}\n", one.Item.Stdout, StringComparison.Ordinal));
    }
}

/// <summary>Beside others, they would write into their output.</summary>
[Collection(nameof(EndToEnd))]
public sealed class LogHereSpecs
{
    [Fact]
    public async Task Log_of_actors_is_written_for_the_commands_under_way()
    {
        var logged = await ActorLoadHere.CarryOutAsync("log", async () =>
        {
            var system = ActorSystem.Create("logged", StderrLogger.Hocon);
            system.Log.Error("here");
            await Eventually.IsAsync(true, () => ActorLoadHere.Stderr.EndsWith(" here\n", StringComparison.Ordinal));
            await system.Terminate();
            return 0;
        });
        Assert.Contains("[ERROR]", logged.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_of_a_thread_without_a_command_stay_out_of_stdout()
    {
        var ran = await ActorLoadHere.CarryOutAsync("words", () =>
        {
            Console.Out.WriteLine("own");
            using (ExecutionContext.SuppressFlow())
            {
                var stranger = new Thread(() => Console.Out.WriteLine("another spec's"));
                stranger.Start();
                stranger.Join();
            }

            return Task.FromResult(0);
        });
        Assert.Equal("own\n", ran.Stdout);
    }
}
