using ActorLoad.Hosting.Reports;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

public class FailIfSpecs
{
    private static readonly RunResult _base = ComparedRuns.Run([.. Enumerable.Repeat(1_000L, 20)]);
    private static readonly RunResult _other = ComparedRuns.Run([.. Enumerable.Repeat(1_200L, 20)], [.. Enumerable.Repeat(1L, 20)]);

    [Theory]
    [InlineData("connect.p99 > +10%", true)]
    [InlineData("connect.p99>10%", true)]
    [InlineData("connect.p99 > +20%", false)]
    [InlineData("connect.p99 >= +20%", true)]
    [InlineData("connect.p99 > +199micros", true)]
    [InlineData("connect.p99 > +0.3ms", false)]
    [InlineData("latency.connect.p99 > 0s", true)]
    [InlineData("connect.p99 < -10%", false)]
    [InlineData("success-ratio < -0.005", true)]
    [InlineData("success-ratio < -2%", false)]
    [InlineData("failed > 0", true)]
    [InlineData("failed > +1000%", true)]
    [InlineData("failed > 20", false)]
    [InlineData("refused > 0%", false)]
    [InlineData("script.p50 <= 0%", true)]
    [InlineData("cpu > +1micros", false)]
    [InlineData("generator.cpuMicrosPerConnection > 1%", false)]
    public void Condition_holds_for_a_change_beyond_its_own(string text, bool holds)
    {
        Assert.True(FailIf.TryParse(text, out var condition, out var problem, out _), problem);
        var judged = condition.Judge(ComparedRuns.Compare(_base, _other));
        Assert.Equal((holds, ""), (judged.Fails, judged.Note));
        Assert.True(FailIf.TryParse(condition.Expression, out var again, out _, out _));
        Assert.Equal(condition.Expression, again.Expression);
    }

    [Theory]
    [InlineData("", "is not a condition")]
    [InlineData("connect.p99", "is not a condition")]
    [InlineData("> 10%", "is not a condition")]
    [InlineData("connect.p99 == 10%", "is not a condition")]
    [InlineData("connect.p99 >", "\"\" is not a change of connect.p99")]
    [InlineData("connect.p99 > 10", "\"10\" is not a change of connect.p99")]
    [InlineData("connect.p99 > 10us", "\"10us\" is not a change")]
    [InlineData("connect.p99 > 1e400%", "is not a change")]
    [InlineData("connect.p99 > +-1%", "is not a change")]
    [InlineData("failed > 10ms", "\"10ms\" is not a change of failed")]
    [InlineData("peak-memory > 10", "\"10\" is not a change of peak-memory")]
    public void Text_that_is_no_condition_is_refused_with_the_form(string text, string named)
    {
        Assert.False(FailIf.TryParse(text, out _, out var problem, out var allowed));
        Assert.Contains(named, problem, StringComparison.Ordinal);
        Assert.NotEmpty(allowed);
    }

    [Fact]
    public void Number_that_was_not_measured_fails()
    {
        Assert.True(FailIf.TryParse("recovery.p99 < -90%", out var condition, out _, out _));
        var judged = condition.Judge(ComparedRuns.Compare(_base, _other));
        Assert.Equal((true, "not measured in base"), (judged.Fails, judged.Found));
    }

    [Fact]
    public void Runs_that_are_not_comparable_fail()
    {
        Assert.True(FailIf.TryParse("connect.p99 > +99%", out var condition, out _, out _));
        var judged = condition.Judge(ComparedRuns.Compare(_base, _other with { Verdict = Verdict.Aborted }));
        Assert.Equal((true, "the runs are not comparable"), (judged.Fails, judged.Found));
    }

    [Theory]
    [InlineData("connect.p98", "connect.p90")]
    [InlineData("sucess-ratio", "success-ratio")]
    [InlineData("generator.peakopn", "generator.peakOpen")]
    [InlineData("nothing.like.it.at.all", null)]
    public void Unknown_metric_has_its_nearest_name(string metric, string? nearest)
    {
        ResultNumbers[] numbers = [ResultNumbers.Of(_base)];
        Assert.False(ResultNumbers.IsKnown(metric, numbers));
        Assert.Equal(nearest, ResultNumbers.Nearest(metric, numbers));
    }

    [Fact]
    public void Every_number_has_a_path_and_those_of_thresholds_their_names()
    {
        var numbers = ResultNumbers.Of(_other);
        Assert.Equal((20, 20, 2_000), (numbers.Find("failed"), numbers.Find("connections.failed"), numbers.Find("planned")));
        Assert.Equal((1_200, 20, 0.99), (numbers.Find("connect.p99"), numbers.Find("reset"), numbers.Find("success-ratio")));
        Assert.Equal((1, 60), (numbers.Find("transport.loops"), numbers.Find("endpoints.127.0.0.1:6379.succeeded")));
        Assert.Equal((250_000, 70), (numbers.Find("burst-duration") * 1e6, numbers.Find("cpu")));
        Assert.All(ResultNumbers.Known, name => Assert.True(ResultNumbers.IsKnown(name, [])));
    }
}
