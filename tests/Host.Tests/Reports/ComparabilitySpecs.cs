using ActorLoad.Diagnosis;
using ActorLoad.Hosting.Reports;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

public class ComparabilitySpecs
{
    private static readonly RunResult _base = ComparedRuns.Run([1_000]);

    [Theory]
    [InlineData("\"connections\": 100", "\"connections\": 800", "load.0.connections 100 -> 800")]
    [InlineData("\"count\": 20", "\"duration\": \"9s\"", "load.0.count 20 -> (not set)", "load.0.duration (not set) -> 9s")]
    [InlineData("[\"PING\"]", "[\"PING\", \"GET a\"]", "connection.script.1 (not set) -> GET a")]
    [InlineData("\"interval\": \"1s\"", "\"interval\": \"2s\"", "metrics.interval 1s -> 2s")]
    [InlineData("\"seed\": 1", "\"seed\": 2")]
    [InlineData("\"name\": \"storm\"", "\"name\": \"herd\"")]
    [InlineData("\"thresholds\": []", "\"thresholds\": [\"failed == 0\"]")]
    [InlineData("\"kind\": \"auto\"", "\"kind\": \"io-uring\"")]
    public void Keys_that_change_what_a_run_does_matter(string before, string after, params string[] obstacles)
    {
        var changed = ComparedRuns.Configuration.Replace(before, after, StringComparison.Ordinal);
        Assert.NotEqual(ComparedRuns.Configuration, changed);
        var found = Comparability.Of(_base, ComparedRuns.Run([1_000], configuration: changed));
        var all = found.Obstacles.Concat(found.Remarks.Where(remark => remark.Key.StartsWith("connection", StringComparison.Ordinal)));
        Assert.Equal(obstacles, all.Select(each => $"{each}"));
    }

    [Fact]
    public void Key_of_a_newer_version_is_only_mentioned()
    {
        var newer = ComparedRuns.Configuration.Replace("\"seed\": 1,", "\"seed\": 1, \"brand\": { \"new\": true },", StringComparison.Ordinal);
        var found = Comparability.Of(_base, ComparedRuns.Run([1_000], configuration: newer));
        Assert.True(found.IsComparable);
        Assert.Equal(["brand.new (not set) -> true"], found.Remarks.Select(each => $"{each}"));
    }

    [Fact]
    public void Transport_and_target_matter_as_they_were()
    {
        var found = Comparability.Of(_base, _base with
        {
            Transport = new TransportInfo("io-uring", 2, "auto"),
            Target = new TargetInfo(["10.0.0.1:6379"], ["10.0.0.1:6379"]),
        });
        Assert.Equal(
            ["target.endpoints 127.0.0.1:6379 -> 10.0.0.1:6379", "transport.kind sockets -> io-uring", "transport.loops 1 -> 2"],
            found.Obstacles.Select(each => $"{each}"));
        Assert.True(Comparability.Of(_base, _base with { Target = new TargetInfo(["127.0.0.1:6379"], ["127.0.0.1:1234"]) }).IsComparable);
    }

    [Fact]
    public void Another_kernel_matters_and_a_tuned_setting_is_mentioned()
    {
        var before = OnKernel(("kernel.osrelease", "6.1.0"), ("net.core.somaxconn", "128"), ("net.netfilter.nf_conntrack_count", "7"));
        var tuned = OnKernel(("kernel.osrelease", "6.1.0"), ("net.core.somaxconn", "4096"), ("net.netfilter.nf_conntrack_count", "9"));
        var found = Comparability.Of(before, tuned);
        Assert.True(found.IsComparable);
        Assert.Equal(["net.core.somaxconn 128 -> 4096"], found.Remarks.Select(each => $"{each}"));

        var other = OnKernel(("kernel.osrelease", "6.12.0"), ("net.core.somaxconn", "128"), ("net.netfilter.nf_conntrack_count", "7"));
        Assert.Equal(["kernel.osrelease 6.1.0 -> 6.12.0"], Comparability.Of(before, other).Obstacles.Select(each => $"{each}"));

        found = Comparability.Of(before, _base);
        Assert.True(found.IsComparable);
        Assert.Equal(["kernel.osrelease 6.1.0 -> (not known)"], found.Remarks.Select(each => $"{each}"));
    }

    private static RunResult OnKernel(params (string Name, string Value)[] settings) => _base with
    {
        Ledgers = new Ledgers(
            new ClientLedger(0, 0, 0, 0, new Dictionary<string, long>(), new Dictionary<string, long>()), [],
            new KernelLedger(
                1, 1, new Dictionary<string, KernelCount>(), new Dictionary<string, WatchedLevel>(), null,
                settings.ToDictionary(setting => setting.Name, setting => setting.Value), true),
            null, [], new TimeWaitProof("pass", "", 0, null, null, null, null), []),
    };
}
