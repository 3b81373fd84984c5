using ActorLoad.Metrics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public class ThresholdSpecs
{
    [Theory]
    [InlineData("planned == 8000", 8_000, true)]
    [InlineData("opened > 7995", 7_995, false)]
    [InlineData("opened >= 7995", 7_995, true)]
    [InlineData("succeeded<7970", 7_970, false)]
    [InlineData("succeeded <= 7970", 7_970, true)]
    [InlineData("failed == 10", 10, true)]
    [InlineData("dropped == 0", 5, false)]
    [InlineData("attempts <= 8010", 8_010, true)]
    [InlineData("retries < 15", 15, false)]
    [InlineData("refused == 10", 10, true)]
    [InlineData("cancelled == 3", 3, true)]
    [InlineData("protocol-error == 0", 0, true)]
    [InlineData("connect.min >= 40micros", 40, true)]
    [InlineData("connect.mean < 0.5ms", 512.3, false)]
    [InlineData("connect.p50 <= 300 micros", 300, true)]
    [InlineData("first-reply.p90 < 1.2ms", 1_200, false)]
    [InlineData("total.p99 < 1s", 250_000, true)]
    [InlineData("total.p999 < 1s", 900_001, true)]
    [InlineData("total.max < 1s", 1_000_447, false)]
    public void Threshold_judges_the_number_that_it_names(string text, double measured, bool met) =>
        Assert.Equal(new ThresholdResult(Parse(text).Expression, measured, met, null), Parse(text).Judge(Snapshots.Totals));

    [Theory]
    [InlineData("success-ratio >= 0.9967", false)]
    [InlineData("success-ratio >= 0.9966", true)]
    public void Success_ratio_leaves_out_cancelled_and_counts_dropped_connections(string text, bool met)
    {
        var result = Parse(text).Judge(Snapshots.Totals);

        Assert.Equal(7_970.0 / (7_995 + 5 - 3), result.Measured);
        Assert.Equal(met, result.Met);
    }

    [Theory]
    [InlineData("setup.p99 < 1s", "no successful connection has a setup time")]
    [InlineData("script.p99 >= 0s", "no successful connection has a script time")]
    public void Unmeasured_threshold_is_not_met_and_says_why(string text, string note) =>
        Assert.Equal(new ThresholdResult(text, null, false, note), Parse(text).Judge(Snapshots.Totals));

    [Fact]
    public void A_run_without_connections_has_no_success_ratio()
    {
        var nothing = Snapshots.Totals with { Connections = new ConnectionCounts(0, 0, 0, 0, 0, 0) };
        var cancelled = Snapshots.Totals with { Connections = new ConnectionCounts(2, 2, 0, 0, 0, 2) };

        Assert.Null(Parse("success-ratio >= 0").Judge(nothing).Measured);
        Assert.False(Parse("success-ratio >= 0").Judge(cancelled).Met);
    }

    [Theory]
    [InlineData("  total.p99<250ms ", "total.p99 < 250ms")]
    [InlineData("success-ratio  ==1", "success-ratio == 1")]
    public void Threshold_expression_has_single_spaces(string text, string expression) => Assert.Equal(expression, Parse(text).Expression);

    [Theory]
    [InlineData("", "<metric> <op> <value>")]
    [InlineData(null, "<metric> <op> <value>")]
    [InlineData("success-ratio 0.9", "< <= > >= ==")]
    [InlineData("success-ratio = 0.9", "< <= > >= ==")]
    [InlineData("success-ration >= 0.9", "unknown metric \"success-ration\"; allowed are success-ratio, planned,")]
    [InlineData("total >= 1s", "unknown metric")]
    [InlineData("total.p95 >= 1s", "p50, p90, p99, p999, max")]
    [InlineData("conect.p50 >= 1s", "start-lag, connect")]
    [InlineData("success-ratio >= 99.9%", "a number from 0 to 1")]
    [InlineData("success-ratio >= 1.1", "a number from 0 to 1")]
    [InlineData("success-ratio >= -1", "a number from 0 to 1")]
    [InlineData("success-ratio >= NaN", "a number from 0 to 1")]
    [InlineData("success-ratio >=", "a number from 0 to 1")]
    [InlineData("refused <= 1.5", "a whole number")]
    [InlineData("refused <= 5ms", "a whole number")]
    [InlineData("total.p99 < 250", "micros, ms or s")]
    [InlineData("total.p99 < 250us", "micros, ms or s")]
    [InlineData("total.p99 < ms", "micros, ms or s")]
    [InlineData("total.p99 < 1s < 2s", "micros, ms or s")]
    [InlineData("total.p99 < 1,5s", "micros, ms or s")]
    public void Invalid_threshold_is_reported_with_the_allowed_forms(string? text, string problem)
    {
        Assert.False(Threshold.TryParse(text, out var threshold, out var told));
        Assert.Null(threshold);
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_outcome_and_every_step_is_a_metric()
    {
        Assert.All(Outcomes.All, outcome => Parse($"{outcome.Name()} == 0"));
        Assert.All(Steps.All, step => Parse($"{step.Name()}.p99 < 1s"));
    }

    [Property(MaxTest = 500)]
    public Property Name_with_one_letter_changed_is_an_unknown_metric()
    {
        string[] names = ["success-ratio", "planned", .. Outcomes.All.Select(outcome => outcome.Name()), .. Steps.All.Select(step => $"{step.Name()}.p99")];
        var changed =
            from name in Gen.Elements(names)
            from at in Gen.Choose(0, name.Length - 1)
            from letter in Gen.Elements("abcxyz-.9".ToCharArray())
            select $"{name[..at]}{letter}{name[(at + 1)..]}";
        return Prop.ForAll(changed.Where(name => !names.Contains(name)).ToArbitrary(), name =>
        {
            Assert.False(Threshold.TryParse($"{name} < 1s", out _, out var problem));
            Assert.StartsWith($"unknown metric \"{name}\"", problem, StringComparison.Ordinal);
        });
    }

    // No text of letters alone is a threshold, so each of them is refused with what is allowed.
    [Property(MaxTest = 500)]
    public Property Text_without_an_operator_is_refused() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<string>().Where(text => text is null || text.AsSpan().IndexOfAny("<>=") < 0).ToArbitrary(), text =>
        {
            Assert.False(Threshold.TryParse(text, out var threshold, out var problem));
            Assert.Null(threshold);
            Assert.Contains("<op> is one of", problem, StringComparison.Ordinal);
        });

    [Property(MaxTest = 500)]
    public Property Text_that_is_accepted_names_a_metric_an_operator_and_a_value()
    {
        string[] words =
            ["success-ratio", "total.p99", "connect", ".", "refused", "<", "<=", "==", "=", ">", "1", "0.5", "1e9", "ms", "s", " ", "-", "é"];
        var texts = Gen.Elements(words).ArrayOf().Select(string.Concat);
        return Prop.ForAll(texts.ToArbitrary(), text =>
        {
            if (Threshold.TryParse(text, out var threshold, out _))
            {
                Assert.Matches(@"^(success-ratio (<|<=|>|==) (0|1|\.|0\.5)+|refused (<|<=|>|==) [0-9.]+|total\.p99 (<|<=|>|==) [0-9.]+ *m?s)$", threshold.Expression);
                Assert.Equal(threshold.Expression, Parse(threshold.Expression).Expression);
            }
        });
    }

    private static Threshold Parse(string text)
    {
        Assert.True(Threshold.TryParse(text, out var threshold, out var problem), problem);
        return threshold;
    }
}
