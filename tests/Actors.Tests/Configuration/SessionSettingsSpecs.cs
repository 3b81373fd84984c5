using ActorLoad.Actors.Tests.Connections;
using ActorLoad.Connections;
using ActorLoad.Resp;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

/// <summary>The keys of setup, script and idle clients.</summary>
public sealed class SessionSettingsSpecs
{
    [Fact]
    public void Session_of_a_run_file_is_what_it_says()
    {
        var settings = LoadKeys("""
            target { username = me, password = hunter2secret }
            connection {
              setup { resp = 3, client-name = "web-{client}", select = 4, commands = [PING, { send = "CLIENT NO-EVICT on", expect = any }]
                      only-after-reconnect = ["CLIENT TRACKING on"] }
              script = [{ send = "GET foo", equals = bar }, { send = "ECHO {fleet}x", begins-with = x }, PING]
              repeat = 2, pipeline = 2, think = 20ms, think-distribution = exponential, hold = 1m, ping-every = 30s
            }
            """).Settings;
        var session = Session.Of(settings.Target.Credentials, settings.Connection);

        Assert.Equal("HELLO 3 AUTH me hunter2secret SETNAME web-0 | SELECT 4 | PING | CLIENT NO-EVICT on", Sent.Line(session.Setup.Step(0)));
        Assert.True(session.Setup.Step(0).Expected(3).AllowsError);
        Assert.Equal(5, session.AfterReconnect.Setup.Step(0).Answers);
        Assert.Equal("GET foo | ECHO x", Sent.Line(session.Script.Step(0)));
        Assert.True(session.Script.Step(0).Expected(0).Check!.Fits("bar"u8) && !session.Script.Step(0).Expected(0).Check!.Fits("barn"u8));
        Assert.True(session.Script.Step(0).Expected(1).Check!.Fits("xy"u8));
        Assert.Equal(new ThinkTime(TimeSpan.FromMilliseconds(20), ThinkDistribution.Exponential), session.Script.Think);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Connection.PingEvery);
    }

    [Fact]
    public void Run_file_without_these_keys_says_nothing_before_its_script()
    {
        var settings = LoadKeys("").Settings;
        var session = Session.Of(Credentials.None, settings.Connection);

        Assert.Equal(0, session.Setup.First.Parts);
        Assert.Null(session.Script.Think);
        Assert.Equal(["PING", "GET foo", "SET foo 0:0"], session.Script.First.Part(0).Select(exchange => Sent.Line(exchange)));
        Assert.Equal(1, session.Script.First.Parts);
    }

    [Fact]
    public void Each_fleet_has_its_own_session_and_its_name()
    {
        var fleets = LoadKeys("""
            connection { script = ["ECHO {fleet}"], setup.client-name = "{fleet}-{client}" }
            fleets = [ { name = web }, { name = jobs, connection.setup.resp = 3 } ]
            """).Settings.Fleets;

        Assert.Equal(["CLIENT SETNAME web-0", "HELLO 3 SETNAME jobs-0"], fleets.Select(fleet => Sent.Line(Session.Of(Credentials.None, fleet.Connection).Setup.Step(0))));
        Assert.Equal(["ECHO web", "ECHO jobs"], fleets.Select(fleet => Sent.Line(fleet.Connection.Script.Step(0))));
    }

    [Theory]
    [InlineData("connection.setup.resp = 4", "connection.setup.resp: 4 is out of range; a whole number from 2 to 3")]
    [InlineData("connection.setup.select = -1", "connection.setup.select: -1 is out of range; a whole number from 0 to 2147483647")]
    [InlineData("connection.setup.client-name = \"two words\"", "connection.setup.client-name: not a name for CLIENT SETNAME; at most 100 visible ASCII characters without spaces")]
    [InlineData("connection.setup.client-name = \"web-{clint}\"", "connection.setup.client-name: has the unknown placeholder {clint}, perhaps {client}; ")]
    [InlineData("connection.setup.commands = [\"PING\", \"GET 'x\"]", "connection.setup.commands[1]: command 1 `GET 'x` has no closing '")]
    [InlineData("connection.setup.commands = PING", "connection.setup.commands: a single value where a list should be; ")]
    [InlineData("connection.setup.commands = [\"CLIENT REPLY OFF\"]", "connection.setup: no command of the setup has a reply, so nothing tells when it is over")]
    [InlineData("connection.setup.only-after-reconnect = [{ send = PING, expect = nothing }]", "connection.setup.only-after-reconnect[0].expect: \"nothing\" is not known; one of auto, none, any")]
    [InlineData("connection.setup.name = x", "connection.setup.name: unknown key \"name\"; ")]
    [InlineData("connection.script = [\"GET {rand:1-5}\"]", "connection.script[0]: command 1 `GET {rand:1-5}` has the unknown placeholder {rand:1-5}")]
    [InlineData("connection.script = [\"GET {random:5-1}\"]", "connection.script[0]: command 1 `GET {random:5-1}` has {random:5-1}: the range ends at 1, before it begins at 5")]
    [InlineData("connection.script = [\"SET a {payload:2000000}\"]", "connection.script[0]: command 1 `SET a {payload:2000000}` has {payload:2000000}: a payload has 1 to 1048576 bytes")]
    [InlineData("connection { script = [\"SET a {payload:1000000}\"], repeat = 20, pipeline = 20 }", "connection.script: sends ")]
    [InlineData("connection { script = [{ send = PING, expect = none }], repeat = 2 }", "connection.script: has no reply, so nothing tells when to send it again; ")]
    [InlineData("connection.script = [{ send = PING, replies = 0, equals = PONG }]", "connection.script[0].equals: a text for a reply that is not awaited; no text, or a reply: expect = auto")]
    [InlineData("connection.script = [{ send = PING, expect = none, begins-with = P }]", "connection.script[0].begins-with: a text for a reply that is not awaited; ")]
    [InlineData("connection.script = [{ send = PING, equals = PONG, begins-with = P }]", "connection.script[0].equals: equals beside begins-with; one of them")]
    [InlineData("connection.repeat = 0", "connection.repeat: 0 is out of range; a whole number from 1 to 1000000000")]
    [InlineData("connection.pipeline = 1001", "connection.pipeline: 1001 is out of range; a whole number from 1 to 1000")]
    [InlineData("connection.think = 25h", "connection.think: \"25h\" is out of range; from 0s to 1d")]
    [InlineData("connection.think-distribution = normal", "connection.think-distribution: \"normal\" is not known; one of fixed, uniform, exponential")]
    [InlineData("connection.ping-every = 500micros", "connection.ping-every: 500micros is shorter than 1ms; 0s for no PING, or from 1ms to 1d")]
    [InlineData("connection.ping-every = 30s", "connection: ping-every where no connection is held; connection.hold, shape = population, or ping-every = 0s")]
    [InlineData("connection { hold = 1m, ping-every = 1s, script = [\"CLIENT REPLY OFF\"] }", "connection.ping-every: nothing answers PING after the script's CLIENT REPLY OFF or SKIP; CLIENT REPLY ON, or ping-every = 0s")]
    public void Session_that_cannot_be_carried_out_is_an_error(string keys, string error)
    {
        var told = Assert.Single(ErrorsOfKeys(keys));
        Assert.StartsWith($"run.conf:2: {error.TrimEnd(' ', ';')}", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hold = 1s")]
    [InlineData("hold = 0s }, load = [ { shape = population, connections = 3, duration = 1s } ], daemon { token = \"\"")]
    public void Idle_client_needs_a_hold_or_a_population(string keys) => Assert.Empty(ErrorsOfKeys($"connection {{ ping-every = 1s, {keys} }}"));

    [Fact]
    public void Secrets_of_a_setup_are_not_shown()
    {
        var loaded = LoadKeys("""
            connection.setup { commands = ["AUTH hunter2secret"], only-after-reconnect = [{ send = "ECHO hunter2secret" }] }
            connection.script = [{ send = "ECHO hunter2secret", equals = hunter2secret }]
            """);

        Assert.DoesNotContain("hunter2", loaded.ToHocon(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", loaded.Settings.Words.Keep("it is hunter2secret", 100), StringComparison.Ordinal);
    }

    [Fact]
    public void Printed_session_loads_to_the_same_one()
    {
        var printed = LoadKeys("""
            connection.setup { resp = 3, client-name = "a{client}", commands = [{ send = X, expect = any, replies = 2 }], only-after-reconnect = [Y] }
            connection { script = [{ send = "GET a", equals = "" }, { send = "GET b", begins-with = "x y" }], repeat = 3, think = 1s }
            """).ToHocon();

        Assert.Equal(printed, LoadFile(printed).ToHocon());
        Assert.Contains("equals = \"\"", printed, StringComparison.Ordinal);
    }
}
