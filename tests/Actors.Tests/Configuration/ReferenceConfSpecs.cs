using ActorLoad.Actors.Tests.Runs;
using ActorLoad.Configuration;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Configuration;

public class ReferenceConfSpecs
{
    [Fact]
    public void Keys_of_the_reference_are_exactly_the_keys_that_are_read()
    {
        var read = new KeysRead();
        ConfigLoader.Read([], null, read);

        var reference = HoconDocument.Reader(new SettingsProblems())(new FileLayer("reference.conf", BuiltIn.ReferenceConf));
        var known = Leaves((HoconObject)reference.Fields["actorload"], "").ToHashSet();

        Assert.Equal(known.Order(), read.All.Order());
        Assert.True(known.Count > 60, $"only {known.Count} keys");
    }

    [Fact]
    public void Every_key_of_the_reference_has_a_comment_or_one_before_its_block()
    {
        var lines = BuiltIn.ReferenceConf.Split('\n');
        string[] explainedTogether = ["directive", "max-retries", "within", "backoff"];
        for (var line = 1; line < lines.Length; line++)
        {
            var text = lines[line].Trim();
            if (text.Length > 0 && !text.StartsWith('#') && text != "}" && !explainedTogether.Contains(text.Split(' ')[0])
                && text != "actorload {")
                Assert.True(lines[line - 1].Trim().StartsWith('#'), $"line {line + 1} has no comment: {text}");
        }
    }

    [Fact]
    public void The_defaults_are_those_of_the_ancestor_and_of_loopback()
    {
        var settings = ConfigLoader.Load([]).Settings;

        Assert.Equal(["127.0.0.1:6379"], settings.Target.Endpoints.ToArray());
        Assert.False(settings.Target.IsEmbedded);
        Assert.Equal(
            new BurstSettings("storm", 5, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), null, Pacing.AfterBurst),
                Assert.Single(settings.Load));
        Assert.Equal(3, settings.Connection.Script.Commands.Count());
        Assert.Equal(TimeSpan.FromSeconds(10), settings.Connection.ConnectTimeout);
        Assert.Equal(19000, settings.Connection.MaxOpen);
        Assert.Equal(new SocketSettings(CloseMode.Abort, false, true, 512, PortChoice.Slot), settings.Connection.Socket);
        Assert.Equal(new TransportSettings(TransportKind.Auto, null), settings.Transport);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.Metrics.Interval);
        Assert.Empty(settings.Thresholds);
        Assert.Equal(["127.0.0.0/8", "::1/128"], settings.Safety.AllowedTargets.Select(network => network.ToString()));
        Assert.Equal(new DaemonSettings(new Uri("http://127.0.0.1:8471"), "", "results", 65536, 16, TimeSpan.FromHours(1), TimeSpan.FromHours(1)), settings.Daemon);
        Assert.Equal(1, settings.Seed);
        Assert.Equal(new BreakerSettings(true, 0.9, TimeSpan.FromSeconds(5), 20), settings.Supervision.Breaker);
    }

    [Fact]
    public void Every_cause_has_a_rule_and_only_temporary_failures_are_retried()
    {
        var rules = ConfigLoader.Load([]).Settings.Supervision.Rules;

        Assert.Equal(SupervisionPolicy.Causes.Order(), rules.Keys.Order());
        var retried = rules.Where(rule => rule.Value.Directive == FailureDirective.Restart).Select(rule => rule.Key).Order();
        Assert.Equal([Outcome.Refused, Outcome.Reset, Outcome.ConnectTimeout, Outcome.PeerClosed], retried);
        Assert.All(rules.Values, rule => Assert.Equal(
            (TimeSpan.FromSeconds(10), new BackoffSettings(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), 2, 0.2)),
            (rule.Within, rule.Backoff)));
        Assert.All(rules.Remove(Outcome.Refused).Values, rule => Assert.Equal(3, rule.MaxRetries));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void Default_retries_allow_ten_seconds_for_a_server_restart(double random)
    {
        var rule = ConfigLoader.Load([]).Settings.Supervision.Rules[Outcome.Refused];

        var patience = Enumerable.Range(0, rule.MaxRetries).Select(retry => rule.Backoff.Delay(retry, random)).Aggregate((sum, delay) => sum + delay);

        Assert.InRange(patience, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(14));
    }

    private static IEnumerable<string> Leaves(HoconObject fields, string path) =>
        fields.Fields.SelectMany(field => field.Value is HoconObject inner ? Leaves(inner, $"{path}{field.Key}.") : [path + field.Key]);
}
