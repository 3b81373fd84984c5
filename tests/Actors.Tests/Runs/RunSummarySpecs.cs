using System.Net;
using ActorLoad.Actors.Tests.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;

namespace ActorLoad.Actors.Tests.Runs;

public class RunSummarySpecs
{
    private static readonly RunOrder Order = Of(Fixed(10, TimeSpan.FromSeconds(1), count: 1))
        .WithThresholds("success-ratio >= 0.9", "dropped == 0", "connect.p99 < 1ms").Order(ActorRefs.Nobody);

    private static readonly TransportInfo Transport = new("sockets", 2, "as configured");

    [Fact]
    public void Clean_run_is_valid_and_has_no_reason()
    {
        var result = Sum(Verdict.Valid, [], RunTotals.Succeeded(10));

        Assert.Equal(Verdict.Valid, result.Verdict);
        Assert.Empty(result.VerdictReasons);
        Assert.Equal(3, result.SchemaVersion);
        Assert.Equal((Order.RunId, Order.StartedAt, 12.5), (result.Run.Id, result.Run.StartedAt, result.Run.DurationSeconds));
        Assert.Equal(["db:6379"], result.Target.Endpoints);
        Assert.Equal(["127.0.0.1:6379"], result.Target.Addresses);
        Assert.Equal(Transport, result.Transport);
    }

    [Fact]
    public void Every_outcome_is_listed_even_with_zero()
    {
        var result = Sum(Verdict.Valid, [], RunTotals.Succeeded(10));

        Assert.Equal(Outcomes.All.Select(outcome => outcome.Name()), result.Outcomes.Keys);
        Assert.Equal(10, result.Outcomes["succeeded"]);
        Assert.Equal(10, result.Outcomes.Values.Sum());
    }

    [Fact]
    public void Dropped_connections_are_reported_beside_the_verdict()
    {
        var result = Sum(Verdict.Valid, [], RunTotals.Of(new ConnectionCounts(10, 7, 7, 0, 3, 0)));

        Assert.Equal(Verdict.Valid, result.Verdict);
        Assert.Contains("3 connections were due but not started", Assert.Single(result.VerdictReasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Attempts_without_a_descriptor_make_a_run_generator_limited_despite_retries()
    {
        var result = Sum(Verdict.Valid, [], RunTotals.Of(
            new ConnectionCounts(10, 10, 10, 0, 0, 0), new Dictionary<string, long> { ["local-exhausted"] = 4, ["refused"] = 2 }));

        Assert.Equal(Verdict.GeneratorLimited, result.Verdict);
        Assert.StartsWith("4 attempts failed because this machine ran out of", result.VerdictReasons[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Verdict.Aborted)]
    [InlineData(Verdict.Interrupted)]
    public void Limits_are_added_to_the_reasons_of_a_worse_verdict(Verdict verdict)
    {
        var result = Sum(verdict, ["the reason"], RunTotals.Of(new ConnectionCounts(10, 7, 7, 0, 3, 0)));

        Assert.Equal(verdict, result.Verdict);
        Assert.Equal(2, result.VerdictReasons.Count);
        Assert.Equal("the reason", result.VerdictReasons[0]);
    }

    [Fact]
    public void Every_threshold_is_judged_by_the_totals()
    {
        var result = Sum(Verdict.Valid, [], RunTotals.Of(new ConnectionCounts(10, 9, 9, 0, 1, 0)));

        Assert.Equal(["success-ratio >= 0.9", "dropped == 0", "connect.p99 < 1ms"], result.Thresholds.Select(threshold => threshold.Expression));
        Assert.Equal([true, false, false], result.Thresholds.Select(threshold => threshold.Met));
        Assert.Equal([0.9, 1, null], result.Thresholds.Select(threshold => threshold.Measured));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Met_thresholds_of_a_generator_limited_run_pass_only_if_allowed(bool isAllowed, bool passed)
    {
        var settings = RunSettingsBuilder.Of(RunSettingsBuilder.Fixed(10, TimeSpan.FromSeconds(1), count: 1)).WithThresholds("success-ratio >= 0.9");
        var result = Sum(
            Verdict.GeneratorLimited, ["no processor"], RunTotals.Succeeded(10), (settings with { AllowsGeneratorLimited = isAllowed }).Order(ActorRefs.Nobody));

        Assert.Equal((passed, true), (result.Passed, Assert.Single(result.Thresholds).Met));
        Assert.Equal("no processor", result.VerdictReasons[0]);
        Assert.Equal(passed, !result.VerdictReasons.Any(reason => reason.Contains("verdict.allow", StringComparison.Ordinal)));
    }

    [Fact]
    public void Missed_threshold_of_an_allowed_generator_limited_run_does_not_pass()
    {
        var order = (Order.Settings with { AllowsGeneratorLimited = true }).Order(ActorRefs.Nobody);

        Assert.False(Sum(Verdict.GeneratorLimited, ["no processor"], RunTotals.Succeeded(10), order).Passed);
    }

    [Fact]
    public void Run_without_thresholds_neither_passes_nor_fails()
    {
        var order = Order.Settings.WithThresholds().Order(ActorRefs.Nobody);

        Assert.Null(Sum(Verdict.GeneratorLimited, ["no processor"], RunTotals.Succeeded(10), order).Passed);
    }

    [Fact]
    public void Bursts_are_listed_by_number_whatever_order_they_ended_in()
    {
        var result = Sum(Verdict.Valid, [], RunTotals.Succeeded(10), Burst(2), Burst(0), Burst(1));

        Assert.Equal([0, 1, 2], result.Bursts.Select(burst => burst.Index));
    }

    [Fact]
    public void Counts_of_the_only_endpoint_are_the_totals()
    {
        var endpoint = Assert.Single(Sum(Verdict.Valid, [], RunTotals.Of(new ConnectionCounts(10, 9, 7, 2, 1, 0))).Endpoints);

        Assert.Equal(("db:6379", "127.0.0.1:6379", new ConnectionCounts(10, 9, 7, 2, 1, 0)), (endpoint.Endpoint, endpoint.Address, endpoint.Connections));
        Assert.Equal(Outcomes.All.Select(Outcomes.Name), endpoint.Outcomes.Keys);
        Assert.Null(endpoint.GivenUp);
    }

    [Fact]
    public void Given_up_endpoint_and_unused_addresses_are_reported_beside_the_verdict()
    {
        var totals = RunTotals.Of(new ConnectionCounts(40, 30, 20, 10, 10, 0)).OfTwo();
        totals = totals with { Endpoints = [totals.Endpoints[0], totals.Endpoints[1] with { Avoided = 10 }] };
        var result = SumOfTwo(totals, new() { ["127.0.0.1:6380"] = "breaker: 127.0.0.1:6380 was given up" });

        Assert.Equal(Verdict.Valid, result.Verdict);
        Assert.Equal(
            [
                "breaker: 127.0.0.1:6380 was given up",
                "db:6380 is 127.0.0.1:6380 here; its other address is not stormed: 127.0.0.2:6380. target.addresses = all storms each",
                "10 connections were not started, because 127.0.0.1:6380 had been given up",
            ],
            result.VerdictReasons);
        Assert.Equal([null, "breaker: 127.0.0.1:6380 was given up"], result.Endpoints.Select(endpoint => endpoint.GivenUp));
        Assert.Equal("127.0.0.1:6380", Assert.Single(result.Target.Unused!).Used);
    }

    private static BurstResult Burst(int index) => new(index, "storm", index, 1, 1, 0, 1, 0, 0, 0, 0, 0);

    private static RunResult Sum(Verdict verdict, string[] reasons, RunSnapshot totals, params BurstResult[] bursts) =>
        Sum(verdict, reasons, totals, Order, bursts);

    private static RunResult Sum(Verdict verdict, string[] reasons, RunSnapshot totals, RunOrder order, params BurstResult[] bursts) => RunSummary.Sum(
        order, Transport, Noted(verdict, reasons), new MetricsProtocol.Completed(totals, [totals.Sample], SocketFacts.None), new PlanResults(bursts, 0, []), TimeSpan.FromSeconds(12.5),
        Healthy.Evidence, new Dictionary<string, string>(), new ThresholdWatch(order.Settings.Thresholds));

    private static RunVerdict Noted(Verdict verdict, string[] reasons)
    {
        var noted = new RunVerdict();
        foreach (var reason in reasons)
        {
            noted.Note(verdict, reason);
        }

        return noted;
    }

    private static RunResult SumOfTwo(RunSnapshot totals, Dictionary<string, string> givenUp)
    {
        var target = new ResolvedTarget(["db:6379", "db:6380"], [Target.Endpoints[0], new Endpoint(new IPEndPoint(IPAddress.Loopback, 6380), "db:6380")])
        {
            Unused = [new UnusedAddresses("db:6380", "127.0.0.1:6380", ["127.0.0.2:6380"])],
        };
        return RunSummary.Sum(
            Order with { Target = target }, Transport, new RunVerdict(), new MetricsProtocol.Completed(totals, [totals.Sample], SocketFacts.None), new PlanResults([], 0, []),
            TimeSpan.FromSeconds(1), Healthy.Evidence, givenUp, new ThresholdWatch([]));
    }
}
