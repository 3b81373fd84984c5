using System.Collections.Immutable;
using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Resp;
using ActorLoad.Runs;
using ActorLoad.Transport;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

public sealed class FleetSpecs
{
    private const string Two = """
        target { endpoints = ["127.0.0.1:1"], username = me, password = pw1 }
        connection { hold = 7s, max-open = 100 }
        load = [ { connections = 3 } ]
        fleets = [
          { name = web }
          { name = jobs, target { endpoints = ["127.0.0.1:2", "127.0.0.1:1", "127.0.0.1:1"], password = pw2 }
            connection { script = ["GET a"], close = graceful, reply-timeout = 20s }
            load = [ { name = one }, { name = two, shape = rate, rate = 5/s, duration = 9s } ]
            supervision { refused.max-retries = 9, breaker.enabled = off } }
        ]
        """;

    [Fact]
    public void Fleet_takes_what_it_does_not_say_from_the_keys_above()
    {
        var settings = LoadKeys(Two).Settings;
        var (web, jobs) = (settings.Fleets[0], settings.Fleets[1]);

        Assert.Equal(["web", "jobs"], settings.Fleets.Select(fleet => fleet.Name));
        Assert.Equal("127.0.0.1:1", Assert.Single(web.Target.Endpoints));
        Assert.Equal(("me", "pw1"), (web.Target.Credentials.User, web.Target.Credentials.Password));
        Assert.Equal(("me", "pw2"), (jobs.Target.Credentials.User, jobs.Target.Credentials.Password));
        Assert.Equal((3, 7, 3), (Assert.IsType<BurstSettings>(Assert.Single(web.Load)).Connections, web.Connection.Hold.Seconds, web.Connection.Script.Commands.Count()));
        Assert.Equal((7, 1, CloseMode.Graceful), (jobs.Connection.Hold.Seconds, jobs.Connection.Script.Commands.Count(), jobs.Connection.Socket.Close));
        Assert.Equal(["one", "two"], jobs.Load.Select(phase => phase.Name));
        Assert.Equal("load.0", web.Load[0].Path); // there --set changes it
        Assert.Equal(["fleets.1.load.0", "fleets.1.load.1"], jobs.Load.Select(phase => phase.Path));
        Assert.Equal((9, 10), (jobs.Supervision.Rules[Outcome.Refused].MaxRetries, web.Supervision.Rules[Outcome.Refused].MaxRetries));
    }

    [Fact]
    public void Observers_sign_in_as_the_fleet_of_the_endpoint()
    {
        var settings = LoadKeys("""
            fleets = [
                { name = plain, target { endpoints = ["127.0.0.1:1"], password = pw1 } }
                { name = tls, target { endpoints = ["127.0.0.1:2"], tls { enabled = on, verify = off } } }
                { name = open, target.endpoints = ["127.0.0.1:3", "127.0.0.1:4"] }
                { name = late, target { endpoints = ["127.0.0.1:4", "127.0.0.1:1"], password = pw4 } }
            ]
            observers.bystander.connections = 4
            """).Settings;
        ImmutableArray<Endpoint> all = [.. settings.Target.Endpoints.Select(name => new Endpoint(IPEndPoint.Parse(name), name))];

        var plans = ObserverPlans.For(settings, new ResolvedTarget(settings.Target.Endpoints, all), TimeProvider.System);

        var observers = plans.SelectMany(plan => plan.Props.Arguments.OfType<Credentials>());
        var bystander = plans.SelectMany(plan => plan.Props.Arguments.OfType<BystanderSettings>()).Single();
        (string, bool)[] expected = [("pw1", false), ("", true), ("", false), ("pw4", false)];
        Assert.Equal(expected, observers.Select(sign => (sign.Password, sign.Tls is not null)));
        Assert.Equal(expected, all.Select(bystander.CredentialsOf).Select(sign => (sign.Password, sign.Tls is not null)));
    }

    [Theory]
    [InlineData("{ name = elsewhere, target { endpoints = [\"127.0.0.1:2\"], username = \"\", password = \"\" } }", "pw1 ")]
    [InlineData("", "pw1")]
    public void Observers_sign_in_with_the_password_of_the_run_where_no_fleet_does_and_nowhere_else(string other, string passwords)
    {
        var settings = LoadKeys($$"""
            target { endpoints = ["127.0.0.1:1"], username = me, password = pw1 }
            fleets = [
                { name = stranger, target.password = "", target.username = "" }
                {{other}}
            ]
            """).Settings;
        ImmutableArray<Endpoint> all = [.. settings.Target.Endpoints.Select(name => new Endpoint(IPEndPoint.Parse(name), name))];

        Assert.Equal(passwords, string.Join(' ', all.Select(endpoint => settings.CredentialsOf(endpoint, all).Password)));
        Assert.All(settings.Fleets, fleet => Assert.False(fleet.Target.Credentials.AreGiven));
        Assert.DoesNotContain("pw1", settings.Words.Keep("the word is pw1"));
    }

    [Fact]
    public void Run_is_the_sum_of_its_fleets()
    {
        var settings = LoadKeys(Two).Settings;

        Assert.Equal(["127.0.0.1:1", "127.0.0.1:2"], settings.Target.Endpoints.ToArray());
        Assert.Equal(["storm", "one", "two"], settings.Load.Select(phase => phase.Name));
        Assert.Equal([0, 1], settings.FleetNames.Select(fleet => fleet.FirstPhase));
        Assert.Equal(
            (200, CloseMode.Graceful, 20, false),
            (settings.Connection.MaxOpen, settings.Connection.Socket.Close, settings.Connection.ReplyTimeout.Seconds, settings.Supervision.Breaker.Enabled));
    }

    [Fact]
    public void Fleet_storms_its_own_endpoints_in_turn()
    {
        var settings = LoadKeys(Two).Settings;
        Endpoint[] all = [.. settings.Target.Endpoints.Select(name => new Endpoint(IPEndPoint.Parse(name), name))];

        Assert.Equal(["127.0.0.1:1"], settings.Fleets[0].Among([.. all]).Select(endpoint => $"{endpoint}"));
        Assert.Equal(["127.0.0.1:2", "127.0.0.1:1", "127.0.0.1:1"], settings.Fleets[1].Among([.. all]).Select(endpoint => $"{endpoint}"));
    }

    [Fact]
    public void Single_fleet_is_the_run()
    {
        var settings = LoadKeys("fleets = [ { name = a, target { endpoints = [\"127.0.0.1:7\"], password = pw }, connection.hold = 3s } ]").Settings;

        Assert.Equal("127.0.0.1:7", Assert.Single(settings.Target.Endpoints));
        Assert.Equal(("a", "pw", 3), (settings.Fleets[0].Name, settings.Fleets[0].Target.Credentials.Password, settings.Connection.Hold.Seconds));
    }

    [Fact]
    public void Run_file_without_fleets_is_one_fleet_without_a_name()
    {
        var settings = LoadKeys("load = [ { connections = 3 } ], connection.hold = 7s").Settings;
        var fleet = Assert.Single(settings.Fleets);

        Assert.Equal(("", settings.Connection, settings.Target), (fleet.Name, fleet.Connection, fleet.Target));
        Assert.Equal(settings.Load, fleet.Load);
    }

    [Fact]
    public void Printed_fleets_are_read_back_and_hide_their_secrets()
    {
        var printed = LoadKeys(Two).ToHocon();

        Assert.DoesNotContain("pw", printed, StringComparison.Ordinal);
        var again = ConfigLoader.Load([new FileLayer("printed.conf", printed)]).Settings;
        Assert.Equal(["web", "jobs"], again.Fleets.Select(fleet => fleet.Name));
        Assert.Equal(
            LoadKeys(Two).Settings.Load.Select(phase => phase with { Path = "" }), again.Load.Select(phase => phase with { Path = "" }));
        Assert.Equal(printed, new LoadedText(again).Hocon);
    }

    [Theory]
    [InlineData("fleets = [ {} ]", "fleets[0].name: not a name; 1 to 100 characters on one line")]
    [InlineData("fleets = [ { name = a }, { name = a } ]", "fleets[1].name: a second fleet called \"a\"; a name of its own")]
    [InlineData("fleets = [ { name = a, hold = 1s } ]", "fleets[0].hold: unknown key \"hold\"")]
    [InlineData("fleets = [ { name = a, load = [] } ]", "fleets[0].load: 0 phases; 1 to 1000")]
    [InlineData("fleets = [ { name = a, load = [ { connections = 0 } ] } ]", "fleets[0].load[0].connections: 0 is out of range")]
    [InlineData("fleets = [ { name = a, connection.hold = 7 } ]", "fleets[0].connection.hold: \"7\" has no unit")]
    [InlineData("fleets = [ { name = a, target.endpoints = [\"embedded\"] }, { name = b } ]", "fleets: \"embedded\" in one fleet and other endpoints in another")]
    [InlineData("fleets = [ 5 ]", "fleets[0]: ")]
    [InlineData("fleets = 5", "fleets: ")]
    public void Mistake_in_a_fleet_is_named_by_its_place(string keys, string error) =>
        Assert.StartsWith($"run.conf:2: {error}", Errors(() => LoadKeys(keys))[0], StringComparison.Ordinal);

    // The same text as LoadedConfiguration prints.
    private sealed record LoadedText(RunSettings Settings)
    {
        public string Hocon => ActorLoad.Configuration.Hocon.HoconText.Print(Settings.Configuration);
    }
}
