using ActorLoad.Hosting.Terminal;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal;

/// <summary>The picture of a plan: 60 columns of time, six rows of eighths.</summary>
public sealed class PlanPictureSpecs
{
    private const int Rows = 6;

    [Theory]
    [InlineData("{ shape = rate, rate = \"100/s\", duration = 60s }", "1 s", 100, "60 s")]
    [InlineData("{ shape = rate, rate = \"60/m\", duration = 6s, repeat = 10 }", "1 s", 1, "60 s")]
    [InlineData("{ shape = rate, rate = \"10/s\", duration = 1h }", "60 s", 600, "1 h 0 min")]
    [InlineData("{ connections = 8, gap = 1s, count = 60, pacing = fixed }", "983.333 ms", 8, "59 s")]
    [InlineData("{ connections = 8, count = 1 }", "16.667 ms", 8, "1 s")]
    public void Picture_says_the_time_of_a_column_the_most_and_the_whole_time(string phase, string part, int most, string length)
    {
        var lines = PlanPicture.Of(Loads.Settings($"load = [ {phase} ]"));

        Assert.Equal(Rows + 2, lines.Count);
        Assert.Equal($"connections due in {part} each, at most {most}:", lines[0]);
        Assert.Equal($"{new string('─', 60)} {length}", lines[^1]);
    }

    [Fact]
    public void Steady_rate_fills_every_cell() =>
        Assert.All(Drawn("{ shape = rate, rate = \"100/s\", duration = 60s }"), row => Assert.Equal(new string('█', 60), row));

    [Fact]
    public void Pause_and_repetitions_are_where_they_are_in_time() => Assert.All(
        Drawn("{ shape = rate, rate = \"100/s\", duration = 10s, repeat = 2 }, { shape = pause, duration = 20s }, { shape = rate, rate = \"100/s\", duration = 20s }"),
        row => Assert.Equal($"{new string('█', 20)}{new string(' ', 20)}{new string('█', 20)}", row));

    [Fact]
    public void Half_of_the_rate_is_half_as_high()
    {
        var rows = Drawn("{ shape = steps, from = \"100/s\", to = \"200/s\", by = \"100/s\", each = 30s }");

        Assert.All(rows[..3], row => Assert.Equal($"{new string(' ', 30)}{new string('█', 30)}", row));
        Assert.All(rows[3..], row => Assert.Equal(new string('█', 60), row));
    }

    [Fact]
    public void Ramp_never_falls_and_ends_at_the_top()
    {
        var rows = Drawn("{ shape = ramp, from = \"0/s\", to = \"600/s\", over = 60s }");

        Assert.All(rows, row => Assert.Equal('█', row[^1]));
        Assert.Equal("▁▂▃▄▅▆▇█", string.Concat(rows[^1].Trim().Distinct()));
        Assert.All(rows, row => Assert.Equal(string.Concat(row.Order()), row)); // a space comes before all eighths, and those in their order
    }

    [Fact]
    public void Few_connections_beside_very_many_can_still_be_seen()
    {
        var rows = Drawn("{ shape = rate, rate = \"1/s\", duration = 59s }, { shape = rate, rate = \"100000/s\", duration = 1s }");

        Assert.Equal($"{new string('▁', 59)}█", rows[^1]);
        Assert.All(rows[..^1], row => Assert.Equal("█", row.Trim()));
    }

    [Fact]
    public void Load_of_a_pause_alone_is_an_empty_picture() =>
        Assert.All(Drawn("{ shape = pause, duration = 60s }"), row => Assert.Equal("", row));

    [Fact]
    public void Picture_ends_at_the_deadline()
    {
        var lines = PlanPicture.Of(Loads.Settings("load = [ { shape = rate, rate = \"10/s\", duration = 1h } ], run.deadline = 30s"));

        Assert.Equal("connections due in 500 ms each, at most 5:", lines[0]);
        Assert.EndsWith(" 30 s", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_ends_with_the_picture_as_a_comment()
    {
        string[] args = ["config", Path.Combine(Sources.Root, "hocon", "day.conf")];
        var lines = (await ActorLoadProcess.RunAsync(args)).Expect().Stdout.TrimEnd().Split('\n');

        Assert.Equal("}", lines[^(Rows + 3)]);
        Assert.StartsWith("# connections due in ", lines[^(Rows + 2)], StringComparison.Ordinal);
        Assert.Equal($"# {new string('─', 60)} 93 s", lines[^1]);
    }

    private static string[] Drawn(string phases) => [.. PlanPicture.Of(Loads.Settings($"load = [ {phases} ]")).Skip(1).SkipLast(1)];
}
