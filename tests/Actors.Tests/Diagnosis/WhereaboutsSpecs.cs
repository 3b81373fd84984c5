using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

/// <summary>A finding names the endpoints that the evidence points to, and no others.</summary>
public class WhereaboutsSpecs
{
    private static readonly string[] Endpoints = ["127.0.0.1:7301", "127.0.0.1:7302", "127.0.0.1:7399"];

    [Fact]
    public void Refusing_endpoint_is_named_as_the_unreachable_server()
    {
        var finding = Find("server-unreachable", With("refused", 0, 0, 300).Failing("refused", 300));

        Assert.Equal(
            "300 attempts of 5,000 found nothing listening at the port (RST to the SYN) (127.0.0.1:7399 300 of 1,000)", finding.Sentence);
        Assert.Contains("start a server at 127.0.0.1:7399,", Assert.Single(finding.Remedies).Command, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_unreachable_servers_have_two_remedies()
    {
        var finding = Find("server-unreachable", With("refused", 20, 0, 300).Failing("refused", 320));

        Assert.EndsWith("(127.0.0.1:7399 300 of 1,000, 127.0.0.1:7301 20 of 1,000)", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(2, finding.Remedies.Count);
        Assert.DoesNotContain(finding.Remedies, remedy => remedy.Command.Contains(" or 127", StringComparison.Ordinal));
    }

    [Fact]
    public void Observer_of_another_endpoint_is_not_quoted_for_a_refused_endpoint()
    {
        var lost = Healthy.Server with { Endpoint = "127.0.0.1:7302", Losses = [new ObserverLoss(2, 0.1, "did not answer")] };

        Assert.DoesNotContain("7302", Find("server-unreachable", With("refused", 0, 0, 300).Failing("refused", 300).Beside(lost)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Unused_addresses_of_a_refused_name_are_reported()
    {
        var evidence = Healthy.Evidence.Failing("refused", 60).With(load => load with
        {
            Endpoints = ["127.0.0.1:7302"],
            ByEndpoint = [Counts("127.0.0.1:7302", "refused", 60)],
            Unused = [new UnusedAddresses("dual.test:7302", "127.0.0.1:7302", ["[::1]:7302"])],
        });
        var finding = Find("server-unreachable", evidence);

        Assert.EndsWith(". dual.test:7302 is 127.0.0.1:7302 here, and also [::1]:7302, which the run did not try", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal("--target [::1]:7302", finding.Remedies[0].Command);
    }

    [Fact]
    public void Access_denied_names_the_endpoint_that_refused()
    {
        var evidence = With("rejected", 0, 40, 0).Rejecting("NOPERM", 40);
        var finding = Find("access-denied", evidence);

        Assert.StartsWith("The server at 127.0.0.1:7302 refused 40 attempts", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains("7302", Assert.Single(finding.Remedies).Command, StringComparison.Ordinal);
    }

    [Fact]
    public void Overflowed_accept_queue_belongs_to_the_endpoint_with_slow_connects()
    {
        var evidence = With("refused", 0, 0, 0).Counting("ListenOverflows", 484).Counting("TCPSynRetrans", 484).Slow(1, 470);
        evidence = evidence.With(load => load with
        {
            ByEndpoint = [.. load.ByEndpoint.Select((counts, index) => counts with
            {
                Latency = new Dictionary<string, LatencySummary> { ["connect"] = Healthy.Latency(100, index == 1 ? 1_004_000 : 900) },
            })],
        });

        Assert.StartsWith("The server's accept queue at 127.0.0.1:7302 overflowed 484 times", Find("accept-queue-overflow", evidence).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_five_of_many_endpoints_are_named()
    {
        var counts = Enumerable.Range(7301, 9).Select(port => Counts($"127.0.0.1:{port}", "refused", 10)).ToArray();
        var evidence = Healthy.Evidence.Failing("refused", 90).With(load => load with { Endpoints = [.. counts.Select(count => count.Address)], ByEndpoint = counts });

        Assert.EndsWith("127.0.0.1:7305 10 of 1,000 and 4 more)", Find("server-unreachable", evidence).Sentence, StringComparison.Ordinal);
    }

    private static Finding Find(string rule, Evidence evidence) => Diagnostician.Of(evidence).Single(finding => finding.Rule == rule);

    private static Evidence With(string outcome, params long[] failures) => Healthy.Evidence.With(load => load with
    {
        Targets = 3,
        Endpoints = Endpoints,
        ByEndpoint = [.. Endpoints.Zip(failures, (address, count) => Counts(address, outcome, count))],
    });

    private static EndpointCounts Counts(string address, string outcome, long failures)
    {
        var (none, times) = (new Dictionary<string, long>(), new Dictionary<string, LatencySummary>());
        var failed = failures > 0 ? new Dictionary<string, long> { [outcome] = failures } : none;
        return new EndpointCounts(
            address, address, new ConnectionCounts(1_000, 1_000, 1_000 - failures, failures, 0, 0), 1_000, 0, outcome == "refused" && failures > 0 ? 0 : 1_000, none, failed,
            outcome == "rejected" && failures > 0 ? new Dictionary<string, long> { ["NOPERM"] = failures } : none, times, times);
    }
}
