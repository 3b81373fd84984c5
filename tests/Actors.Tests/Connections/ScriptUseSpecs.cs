using ActorLoad.Connections;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>Which commands of a script leave together, and how often.</summary>
public sealed class ScriptUseSpecs
{
    [Theory]
    [InlineData(1, 1, "A / B / C", "A,B,C")]
    [InlineData(1, 2, "A | B / C", "A,B,C")]
    [InlineData(1, 9, "A | B | C", "A,B,C")]
    [InlineData(2, 2, "A | B / C | A / B | C", "A,B,C")]
    [InlineData(3, 4, "A | A | A", "A")]
    [InlineData(5, 2, "A | A / A | A / A", "A")]
    [InlineData(2, 1, "s | A / s | A", "s,A")]
    [InlineData(2, 1, "A / s | A / s", "A,s")]
    [InlineData(1, 1, "s", "s")]
    [InlineData(2, 4, "A | s | A | s", "A,s")]
    [InlineData(3, 2, "A | s | A / s | A | s", "A,s")]
    public void Script_is_repeated_in_pipelines(int repeat, int pipeline, string sends, string script) =>
        Assert.Equal(sends, string.Join(" / ", Flat(Parse(repeat, pipeline, script.Split(',')).First).Select(exchange => Sent.Line(exchange))));

    [Property(MaxTest = 300)]
    public void Each_command_is_sent_once_in_each_repeat_and_no_send_has_more_replies_than_the_pipeline(
        NonEmptyArray<bool> answered, PositiveInt repeats, PositiveInt pipelines)
    {
        var (repeat, pipeline) = (1 + (repeats.Get % 7), 1 + (pipelines.Get % 9));
        string[] commands = ["A0", .. answered.Get.Select((isAnswered, index) => $"{(isAnswered ? 'A' : 's')}{index + 1}")];
        var script = Parse(repeat, pipeline, commands);
        foreach (var use in new[] { script.First, script.Later })
        {
            var sent = Flat(use).SelectMany(exchange => Sent.Commands(exchange)).Select(words => words[0]);
            Assert.Equal(Enumerable.Repeat(commands, repeat).SelectMany(each => each), sent);
            Assert.All(Flat(use), exchange => Assert.InRange(exchange.Commands.Count(command => command.Words[0][0] == 'A'), 0, pipeline));
            Assert.All(Flat(use).SkipLast(1), exchange => Assert.True(exchange.AwaitsReply));
        }
    }

    [Fact]
    public void Later_use_knows_the_state_that_the_first_one_left()
    {
        var script = Given.Script("SUBSCRIBE a b", "UNSUBSCRIBE", "HELLO 3", "SUBSCRIBE c");
        Assert.Equal([2, 2, 1, 1], Flat(script.First).Select(exchange => exchange.Expected(0).Replies));
        Assert.Equal([2, 3, 1, 1], Flat(script.Later).Select(exchange => exchange.Expected(0).Replies));
        Assert.Equal([true, true, false, false], Flat(script.First).Select(exchange => exchange.Expected(0).IsSubscriber));
        Assert.Equal([false, false, false, false], Flat(script.Later).Select(exchange => exchange.Expected(0).IsSubscriber));
    }

    [Theory]
    [InlineData("s", 2, 1, "has no reply, so nothing tells when to send it again")]
    [InlineData("CLIENT REPLY OFF,PING", 2, 1, "has no reply, so nothing tells when to send it again")]
    [InlineData("PING,CLIENT REPLY OFF", 3, 1, "has no reply, so nothing tells when to send it again")]
    [InlineData("SET a {payload:1048576}", 100, 20, "bytes together, more than 16777216: a smaller payload, or a smaller pipeline")]
    public void Script_that_can_never_be_sent_is_an_error(string script, int repeat, int pipeline, string problem)
    {
        Assert.False(Script.TryParse(Lines(script.Split(',')), new ScriptSettings { Repeat = repeat, Pipeline = pipeline }, out _, out var told));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeats_cost_no_memory()
    {
        var use = Parse(1_000_000_000, 1_000, ["A0", "s1", "A2"]).First;
        Assert.InRange(use.Exchanges.Count(), 1, 20);
        Assert.InRange(use.Parts, 1_000_000, 1_000_000_000);
    }

    private static IEnumerable<Exchange> Flat(ScriptUse use) => Enumerable.Range(0, use.Parts).SelectMany(use.Part);

    private static Script Parse(int repeat, int pipeline, string[] commands)
    {
        Assert.True(Script.TryParse(Lines(commands), new ScriptSettings { Repeat = repeat, Pipeline = pipeline }, out var script, out var problem), problem);
        return script!;
    }

    // A command whose name begins with a small letter has no reply.
    private static ScriptLine[] Lines(string[] commands) => [.. commands.Select(command => new ScriptLine(command, char.IsLower(command[0]) ? 0 : null))];
}
