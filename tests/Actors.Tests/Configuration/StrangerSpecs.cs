using ActorLoad.Load;
using ActorLoad.Configuration;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

public class StrangerSpecs
{
    private static readonly LoadedConfiguration Daemon = LoadKeys(
        """
        target { endpoints = ["10.1.0.1:1"], username = boss, password = hunter2 }
        safety.allowed-targets = ["10.1.0.0/16"]
        daemon { url = "http://0.0.0.0:8471", token = hunter3, results = "/srv/results" }
        connection { max-open = 50, hold = 9s }
        transport.loops = 3
        """);

    [Fact]
    public void A_strangers_run_has_the_daemons_limits_and_the_defaults_for_the_rest()
    {
        var settings = Stranger("actorload.load = [ { connections = 7 } ]").Settings;

        Assert.Equal((7, 50, TimeSpan.Zero), (((BurstSettings)settings.Load[0]).Connections, settings.Connection.MaxOpen, settings.Connection.Hold));
        Assert.Equal(("127.0.0.1:6379", "", ""), (settings.Target.Endpoints[0], settings.Target.Credentials.Username, settings.Target.Credentials.Password));
        Assert.Equal("10.1.0.0/16", Assert.Single(settings.Safety.AllowedTargets).ToString());
        Assert.Equal(Daemon.Settings.Daemon, settings.Daemon);
    }

    [Fact]
    public void Strangers_run_may_lower_the_limit_and_bring_its_own_password()
    {
        var stranger = Stranger("actorload { connection.max-open = 20, target.password = mine }");

        Assert.Equal((20, "mine"), (stranger.Settings.Connection.MaxOpen, stranger.Settings.Target.Credentials.Password));
        Assert.DoesNotContain("mine", stranger.ToHocon(), StringComparison.Ordinal);
    }

    [Fact]
    public void Strangers_run_has_no_more_loops_than_the_daemons_own_runs()
    {
        Assert.Equal((3, 3), LoopsOf(Stranger("")));
        Assert.Equal((2, 3), LoopsOf(Stranger("actorload.transport.loops = 2")));
        Assert.Equal((null, 3), LoopsOf(Stranger("actorload.transport.loops = auto")));

        var automatic = LoadKeys("seed = 1");
        var (loops, most) = LoopsOf(ConfigLoader.LoadStranger(new FileLayer("body", ""), automatic));
        Assert.Null(loops);
        Assert.Equal(Math.Clamp(Environment.ProcessorCount, 1, 4), most);
        Assert.Equal(64, automatic.Settings.Transport.MostLoops);
    }

    [Theory]
    [InlineData("actorload.safety.allowed-targets = [\"0.0.0.0/0\"]", "body:1: safety: this is the daemon's own; ")]
    [InlineData("actorload.safety.allowed-targets += \"0.0.0.0/0\"", "body:1: safety: this is the daemon's own; ")]
    [InlineData("actorload {\n safety {}\n}", "body:2: safety: this is the daemon's own; ")]
    [InlineData("actorload.safety = ${actorload.metrics}", "body:1: safety: this is the daemon's own; ")]
    [InlineData("x.safety.allowed-targets = [\"0.0.0.0/0\"], actorload = ${x}", "body:1: safety: this is the daemon's own; ")]
    [InlineData("actorload.safety.allowed-targets = ${actorload.connection.script}", "body:1: safety: this is the daemon's own; ")]
    [InlineData("actorload.daemon.max-duration = 30d", "body:1: daemon: this is the daemon's own; ")]
    [InlineData("actorload.daemon.results = \"/etc\"", "body:1: daemon: this is the daemon's own; ")]
    [InlineData("actorload.connection.max-open = 51", "body:1: connection.max-open: 51 is out of range; a whole number from 1 to 50")]
    [InlineData("actorload.transport.loops = 4", "body:1: transport.loops: 4 is out of range; auto or a whole number from 1 to 3")]
    [InlineData("actorload.transport.loops = 64", "body:1: transport.loops: 64 is out of range; auto or a whole number from 1 to 3")]
    [InlineData("include \"/etc/passwd\"", "body:1: include \"/etc/passwd\": includes are not allowed here; ")]
    [InlineData("actorload.target.username = ${actorload.target.password}", "body:1: target.username: a substitution of a secret")]
    [InlineData("actorload.target.password = ${actorload.daemon.token}", "body:1: target.password: a substitution of a secret")]
    [InlineData("actorload.load = [ { name = ${actorload.daemon} } ]", "body:1: load[0].name: a substitution of a secret")]
    public void Strangers_run_cannot_change_what_belongs_to_the_daemon(string body, string error) =>
        Assert.Contains(Errors(() => Stranger(body)), found => found.StartsWith(error, StringComparison.Ordinal));

    [Theory]
    [InlineData("actorload.load = [ { duration = 30d } ]", "body: load: the run takes 30d or longer")]
    [InlineData("actorload.load = [ { count = 721, gap = 5s } ], actorload.connection.hold = 5s", "body: load: the run takes 2h or longer")]
    [InlineData("actorload { load = [ { count = 2, gap = 61m } ] }", "body: load: the run takes 1.02h or longer")]
    [InlineData("actorload { load = [ { count = 1 } ], connection.hold = 61m }", "body: load: the run takes 1.02h or longer")]
    [InlineData("actorload { load = [ { count = 5, gap = 14m, pacing = fixed }, { count = 2, gap = 5m } ] }", "body: load: the run takes 1.02h or longer")]
    [InlineData(
        "actorload { load = [ { count = 1 } ], connection.hold = 59m, observers.bystander { connections = 1, before = 2m } }",
        "body: load: the run takes 1.02h or longer")]
    public void Strangers_plan_cannot_take_longer_than_the_daemon_allows(string body, string error) =>
        Assert.StartsWith(error + ", more than this daemon allows; at most 1h (daemon.max-duration)", Assert.Single(Errors(() => Stranger(body))), StringComparison.Ordinal);

    [Theory]
    [InlineData("actorload.load = [ { count = 721, gap = 5s } ]")]
    [InlineData("actorload { load = [ { count = 1 } ], connection.hold = 1h }")]
    public void Strangers_plan_may_take_as_long_as_the_daemon_allows(string body) => Assert.NotNull(Stranger(body));

    [Theory]
    [InlineData("")]
    [InlineData("actorload.load = [ { name = ${actorload.daemon.results}${actorload.daemon.url} } ]")]
    [InlineData("actorload.target { username = u, password = p }")]
    public void Strangers_configuration_shows_nothing_of_the_daemon(string body)
    {
        var stranger = Stranger(body);

        foreach (var shown in new[] { stranger.ToHocon(), stranger.Settings.Configuration.ToJsonString() })
        {
            Assert.DoesNotContain("hunter", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("/srv", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("boss", shown, StringComparison.Ordinal);
        }
    }

    private static (int? Loops, int Most) LoopsOf(LoadedConfiguration loaded) => (loaded.Settings.Transport.Loops, loaded.Settings.Transport.MostLoops);

    private static LoadedConfiguration Stranger(string body) =>
        ConfigLoader.LoadStranger(new FileLayer("body", body, name => new FileLayer(name, "actorload.seed = 1")), Daemon);
}
