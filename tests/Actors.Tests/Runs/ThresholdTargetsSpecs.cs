using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

public class ThresholdTargetsSpecs
{
    private static readonly ResolvedTarget Target = new(
        ["one:1", "many:1", "alias:1"],
        [Of("10.0.0.1", "one:1"), Of("10.0.0.2", "many:1"), Of("10.0.0.3", "many:1"), Of("10.0.0.1", "alias:1")]);

    [Theory]
    [InlineData("one:1")]
    [InlineData("10.0.0.1:1")]
    [InlineData("10.0.0.3:1")]
    public void Name_or_address_of_one_endpoint_is_accepted(string name) => Assert.Empty(Errors(Target, $"endpoints.'{name}'.total.p99 < 1s", "refused == 0"));

    [Theory]
    [InlineData("many:1", "endpoints.many:1.refused: many:1 has 2 addresses; one of them: 10.0.0.2:1, 10.0.0.3:1")]
    [InlineData("alias:1", "endpoints.alias:1.refused: alias:1 is 10.0.0.1:1, which is counted as one:1; \"one:1\"")]
    [InlineData("10.0.0.4:1", "endpoints.\"10.0.0.4:1\".refused: no endpoint has this address; the target is 10.0.0.1:1, 10.0.0.2:1, 10.0.0.3:1")]
    public void Endpoint_that_is_not_counted_apart_is_refused(string name, string problem) => Assert.StartsWith(
        $"target: thresholds[1]: {problem}", Assert.Single(Errors(Target, "refused == 0", $"endpoints.'{name}'.refused == 0")), StringComparison.Ordinal);

    [Fact]
    public void Nearest_address_is_suggested() => Assert.EndsWith(
        "; did you mean \"10.0.0.3:1\"?", Assert.Single(Errors(Target, "endpoints.'10.0.0.33:1'.refused == 0")), StringComparison.Ordinal);

    [Fact]
    public void Times_of_more_endpoints_than_are_timed_are_refused()
    {
        var many = new ResolvedTarget([], [.. Enumerable.Range(1, 17).Select(last => Of($"10.0.0.{last}", "host:1"))]);

        var error = Assert.Single(Errors(
            many, "endpoints.'10.0.0.4:1'.total.p99 < 1s", "endpoints.'10.0.0.4:1'.refused == 0", "endpoints.'10.0.0.4:1'.attempt-failures.refused == 0"));
        Assert.Contains("the times of 17 endpoints are not kept apart; at most 16 endpoints", error, StringComparison.Ordinal);
    }

    private static Endpoint Of(string address, string name) => new(new IPEndPoint(IPAddress.Parse(address), 1), name);

    private static string[] Errors(ResolvedTarget target, params string[] texts)
    {
        var thresholds = texts.Select(text =>
        {
            Assert.True(Threshold.TryParse(text, new ThresholdParts(["one:1", "many:1", "alias:1"], true, false, false), out var threshold, out var problem), problem);
            return threshold;
        }).ToArray();
        try
        {
            ThresholdTargets.Check(thresholds, target);
            return [];
        }
        catch (SettingsException wrong)
        {
            return [.. wrong.Errors.Select(error => error.ToString())];
        }
    }
}
