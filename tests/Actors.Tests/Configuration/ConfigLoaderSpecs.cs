using ActorLoad.Load;
using System.Collections;
using System.Text.Json.Nodes;
using ActorLoad.Configuration;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

public class ConfigLoaderSpecs
{
    [Fact]
    public void Later_layers_win_and_unnamed_keys_stay()
    {
        var settings = ConfigLoader.Load(
            [
                new FileLayer("one.conf", "actorload { seed = 1, connection { hold = 1s, max-open = 7 } }"),
                new FileLayer("two.conf", "actorload { seed = 2, connection { hold = 2s } }"),
                Set("seed", "3"),
            ]).Settings;

        Assert.Equal((3, TimeSpan.FromSeconds(2), 7), (settings.Seed, settings.Connection.Hold, settings.Connection.MaxOpen));
    }

    [Fact]
    public void Mistake_replaced_by_a_later_layer_is_not_reported() =>
        Assert.Equal(5, LoadFile("actorload.seed = x", Set("seed", "5")).Settings.Seed);

    [Theory]
    [InlineData("target.endpoints.0", "10.0.0.1:1", "10.0.0.1:1,b:2")]
    [InlineData("target.endpoints[1]", "c:3", "a:1,c:3")]
    [InlineData("target.endpoints.2", "c:3", "a:1,b:2,c:3")]
    [InlineData("target.endpoints", "[\"c:3\"]", "c:3")]
    [InlineData("target", "{ endpoints = [\"c:3\"] }", "c:3")]
    public void An_option_reaches_into_a_list(string path, string value, string endpoints) =>
        Assert.Equal(
            endpoints, string.Join(',', LoadFile("actorload.target.endpoints = [\"a:1\", \"b:2\"]", Set(path, value)).Settings.Target.Endpoints));

    [Fact]
    public void Options_shape_the_phases_one_key_at_a_time()
    {
        var settings = LoadFile(
            "actorload.load = [ { name = a }, { name = b, connections = 7 } ]",
            Set("load.1.gap", "0s"), Set("load.2.name", "c"), Set("load.2.count", "9"), Set("phase-defaults.connections", "11")).Settings;

        Assert.Equal(
            [("a", 11, 5, null), ("b", 7, 0, null), ("c", 11, 5, (int?)9)],
            settings.Load.Cast<BurstSettings>().Select(phase => (phase.Name, phase.Connections, (int)phase.Gap.TotalSeconds, phase.Count)));
    }

    [Theory]
    [InlineData("load.2.gap", "1s", "--set: load[2]: the list has 1 items; an index of at most 1, which appends one")]
    [InlineData("connection.0", "1s", "--set: connection: an index into a value that is not a list; ")]
    [InlineData("load.gap", "1s", "--set: load: an object where a list should be; ")]
    [InlineData("conection.hold", "1s", "--set: conection: unknown key \"conection\"; did you mean \"connection\"?")]
    [InlineData("actorload.seed", "1", "--set: actorload: unknown key \"actorload\"; paths start below \"actorload\"")]
    [InlineData("", "1", "--set: \"\": not a path; ")]
    [InlineData("connection..hold", "1", "--set: connection.\"\".hold: not a path; ")]
    [InlineData("load", "[ {", "--set: load: \"{\" is never closed; ")]
    [InlineData("target.endpoints", "a:1", "--set: target.endpoints: a single value where a list should be; a list such as [\"127.0.0.1:6379\"]")]
    [InlineData("load.0.name", "a\uFFFDb", "--set: load[0].name: not UTF-8 text; ")]
    [InlineData("seed", "1 2", "--set: seed: \"1 2\" is not a whole number; ")]
    public void A_wrong_option_is_named(string path, string value, string error) =>
        Assert.StartsWith(error, Assert.Single(Errors("", Set(path, value))), StringComparison.Ordinal);

    [Fact]
    public void Option_overrides_the_files_way_to_end_a_phase()
    {
        var counted = (BurstSettings)Assert.Single(LoadFile("actorload.load = [ { duration = 20s } ]", Set("load.0.count", "4")).Settings.Load);
        var timed = (BurstSettings)Assert.Single(LoadFile("actorload.load = [ { count = 4 } ]", Set("load.0.duration", "20s")).Settings.Load);
        var both = Errors("", Set("load.0.count", "4"), Set("load.0.duration", "20s"));

        Assert.Equal(4, counted.Count);
        Assert.Equal((null, TimeSpan.FromSeconds(20)), (timed.Count, timed.Duration));
        Assert.Contains("count and duration in one phase", Assert.Single(both), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_count_does_not_apply_to_a_phase_with_its_own_duration()
    {
        var load = LoadKeys("phase-defaults.count = 3, load = [ {}, { duration = 9s } ]").Settings.Load.Cast<BurstSettings>().ToArray();

        Assert.Equal([3, null], load.Select(phase => phase.Count));
    }

    [Fact]
    public void Variables_become_paths_in_the_order_of_their_indexes()
    {
        var variables = new Hashtable
        {
            ["ACTORLOAD__TARGET__ENDPOINTS__10"] = "k:1",
            ["ACTORLOAD__TARGET__ENDPOINTS__2"] = "c:1",
            ["actorload__connection__max_open"] = "9",
            ["ACTORLOADX"] = "no",
            ["ACTORLOAD_SEED"] = "no",
            ["PATH"] = "no",
        };

        Assert.Equal(
            [
                new OverrideLayer("actorload__connection__max_open", "connection.max-open", "9"),
                new OverrideLayer("ACTORLOAD__TARGET__ENDPOINTS__2", "target.endpoints.2", "c:1"),
                new OverrideLayer("ACTORLOAD__TARGET__ENDPOINTS__10", "target.endpoints.10", "k:1"),
            ],
            EnvironmentLayers.From(variables));
    }

    [Fact]
    public void Wrong_variable_is_reported_as_spelled()
    {
        var layers = EnvironmentLayers.From(new Hashtable { ["Actorload__Sede"] = "1", ["ACTORLOAD__"] = "1" });

        Assert.Equal(
            ["ACTORLOAD__: \"\": not a path; a path under \"actorload\" such as connection.hold or load.0.connections",
             "Actorload__Sede: sede: unknown key \"sede\"; did you mean \"seed\"?"],
            Errors(() => ConfigLoader.Load(layers)));
    }

    [Fact]
    public void Control_characters_in_the_name_of_a_variable_are_escaped()
    {
        var layers = EnvironmentLayers.From(new Hashtable { ["ACTORLOAD__\u001b]0;x\n"] = "1" });

        Assert.StartsWith("ACTORLOAD__\\u001b]0;x\\n: ", Assert.Single(Errors(() => ConfigLoader.Load(layers))), StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_in_a_result_keeps_types_and_durations_and_hides_secrets()
    {
        var loaded = LoadKeys(
            """
            target { username = bob, password = hunter2 }, daemon.token = hunter3
            connection { hold = 1.50s, keep-alive = yes, receive-buffer = 1KiB }, load = [ { count = 2 } ]
            thresholds = ["connect.p99 <= 1s"]
            """);
        var json = loaded.Settings.Configuration;

        Assert.DoesNotContain("hunter", json.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("***", (string?)json["target"]!["password"]);
        Assert.Equal(
            """{"script":["PING","GET foo","SET foo {burst}:{client}"],"hold":"1.50s","close":"abort","keep-alive":true,"max-open":19000}""",
            Part(loaded, "connection", "script", "hold", "close", "keep-alive", "max-open"));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""[{"name":"storm","shape":"bursts","repeat":1,"connections":5,"gap":"5s","count":2,"pacing":"after-burst"}]"""),
            json["load"]));
        Assert.Equal("", (string?)LoadFile("").Settings.Configuration["target"]!["password"]);
    }

    [Fact]
    public void Printed_configuration_is_readable()
    {
        var printed = LoadKeys("target.password = hunter2, target.username = bob, load = [ {}, { name = \"two words\", count = 3 } ]").ToHocon();

        Assert.StartsWith(
            "actorload {\n  target {\n    endpoints = [\"127.0.0.1:6379\"]\n    addresses = first\n", printed, StringComparison.Ordinal);
        Assert.Contains("    username = bob\n    password = \"***\"\n", printed, StringComparison.Ordinal);
        Assert.Contains("  load = [\n    {\n      name = storm\n", printed, StringComparison.Ordinal);
        Assert.Contains("      name = \"two words\"\n", printed, StringComparison.Ordinal);
        Assert.Contains("    no-delay = on\n    connect-timeout = 10s\n", printed, StringComparison.Ordinal);
    }
}
