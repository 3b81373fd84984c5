using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorLoad.Configuration;
using ActorLoad.Metrics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Configuration;

/// <summary>What must hold for any text and any settings.</summary>
public class ConfigurationPropertiesSpecs
{
    private static readonly string[] Samples =
    [
        BuiltIn.ReferenceConf,
        BuiltIn.QuickConf,
        "actorload { load = [ { name = a, count = 3 }, {} ], connection.hold = ${actorload.metrics.interval}, seed = 5 }\ninclude \"x\"",
        "actorload { connection.script = ${actorload.connection.script} [\"QUIT\"]\n, load.0.count : 1e2, load.1 { name = ${?USER} ${?x} } }",
        "actorload.thresholds += \"refused == 0\"\nactorload\n{ seed = ${actorload.seed}${?actorload.seed} , daemon\n= ${actorload.daemon} {} }",
        "actorload.target { endpoints += \"a:1\", username = \"\"\"u\"\"\", password = \"p\\u0041\" } # end",
    ];

    private static readonly Gen<string> Shards = Gen.Elements(
        "{", "}", "[", "]", "${", "${?", "\"", "\"\"\"", "=", "+=", ":", ",", ".", "\n", "#", "//", "\\", "\\u", "include ", "file(",
            "actorload", "load", "0", "5s",
        "\0", "\uD800", "\u2028", "${actorload.load}", "${a}", "a", "actorload {", "null", "-", "1e9",
        "include required(file(", " ", "\uFEFF", "\u2003", "[0]", "${?actorload.seed}", "${HOME}", " += ", ".0.", "'", "\t", "\\x00", "1e+3");

    private static readonly Gen<string> ShardTexts = Gen.ListOf(Shards).Select(shards => string.Concat(shards));

    private static readonly Gen<string> Mutants =
        from sample in Gen.Elements(Samples)
        from at in Gen.Choose(0, sample.Length)
        from length in Gen.Choose(0, Math.Min(40, sample.Length - at))
        from shards in Gen.ListOf(Shards, 3)
        select sample[..at] + string.Concat(shards) + sample[(at + length)..];

    [Property(MaxTest = 300)]
    public Property Any_text_loads_or_is_refused_with_errors_of_one_line_each() =>
        Prop.ForAll(Gen.OneOf(ShardTexts, Mutants, ArbMap.Default.GeneratorFor<string>().Select(text =>
            text ?? "")).ToArbitrary(), LoadsOrIsRefused);

    [Property(MaxTest = 300)]
    public Property Any_option_loads_or_is_refused_with_errors_of_one_line_each()
    {
        var paths = Gen.OneOf(Gen.Elements("load", "load.0", "load.0.name", "target.endpoints.1", "connection", "connection.script",
            "target.password", "connection.script.0", "load.0.count", "daemon.token"), ShardTexts);
        return Prop.ForAll(paths.ToArbitrary(), ShardTexts.ToArbitrary(), (path, value) =>
            LoadsOrIsRefused(() => ConfigLoader.Load([new OverrideLayer("--set", path, value)]), "--set"));
    }

    [Property(MaxTest = 80)]
    public Property What_is_printed_loads_to_the_same_settings() => Prop.ForAll(Valid().ToArbitrary(), layers =>
    {
        var first = ConfigLoader.Load(layers);
        var second = ConfigLoader.Load([new FileLayer("printed.conf", first.ToHocon())]);

        Assert.True(JsonNode.DeepEquals(first.Settings.Configuration, second.Settings.Configuration), first.ToHocon());
        Assert.Equal(first.ToHocon(), second.ToHocon());
        Assert.Equal(first.Settings.Load.ToArray(), second.Settings.Load.ToArray());
        Assert.Equal(first.Settings.Connection.Socket, second.Settings.Connection.Socket);
        Assert.Equal(first.Settings.Connection.Hold, second.Settings.Connection.Hold);
        Assert.Equal(first.Settings.Target.Credentials.Username, second.Settings.Target.Credentials.Username);
        Assert.Equal(first.Settings.Supervision.Rules, second.Settings.Supervision.Rules);
        Assert.Equal(first.Settings.Safety.AllowedTargets.ToArray(), second.Settings.Safety.AllowedTargets.ToArray());
        Assert.Equal(first.Settings.Daemon with { Token = "" }, second.Settings.Daemon with { Token = "" });
    });

    [Property(MaxTest = 200)]
    public void Duration_is_its_number_times_its_unit(PositiveInt number)
    {
        (string, long)[] units = [("micros", 10), ("ms", 10_000), ("s", 10_000_000), ("m", 600_000_000), ("h", 36_000_000_000)];
        foreach (var (unit, ticks) in units)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{number.Get}{unit}");
            Assert.True(UnitText.TryDuration(text, out var duration, out _, out _));
            Assert.Equal(number.Get * ticks, duration.Ticks);
        }
    }

    [Property(MaxTest = 200)]
    public void Distance_of_keys_is_symmetric_and_zero_only_for_equal_keys(NonNull<string> one, NonNull<string> other)
    {
        var distance = NearestKey.Distance(one.Get, other.Get);

        Assert.Equal(distance, NearestKey.Distance(other.Get, one.Get));
        Assert.Equal(one.Get == other.Get, distance == 0);
        Assert.InRange(distance, Math.Abs(one.Get.Length - other.Get.Length), Math.Max(one.Get.Length, other.Get.Length));
    }

    private static void LoadsOrIsRefused(string text)
    {
        FileLayer body = new("run.conf", text, name => new FileLayer(name, "actorload.seed = 1"), name => name == "HOME" ? "/root" : null);
        LoadsOrIsRefused(() => ConfigLoader.Load([body]), "run.conf", "x", "a");
        LoadsOrIsRefused(() => ConfigLoader.LoadStranger(body, ConfigLoader.Load([])), "run.conf", "x", "a");
    }

    // What loads can be printed and loaded again. What is refused says where, what and what is allowed, on one line each.
    private static void LoadsOrIsRefused(Func<LoadedConfiguration> load, params string[] sources)
    {
        try
        {
            PrintsAndLoadsAgain(load());
        }
        catch (SettingsException refused)
        {
            Assert.NotEmpty(refused.Errors);
            Assert.All(refused.Errors, error =>
            {
                Assert.NotEmpty(error.Problem);
                Assert.True(error.Line is not null || error.Key.Length > 0 || error.Source.Length > 0, error.ToString());
                Assert.DoesNotContain(error.ToString(), character => char.IsControl(character) || char.IsSurrogate(character));
            });
            Assert.Contains(refused.Errors, error => sources.Any(source => error.Source.Contains(source, StringComparison.Ordinal)));
        }
    }

    // A stranger's says nothing of the daemon; all else is the same.
    private static void PrintsAndLoadsAgain(LoadedConfiguration loaded)
    {
        var again = ConfigLoader.Load([new FileLayer("printed.conf", loaded.ToHocon())]).Settings.Configuration;
        if (!loaded.Settings.Configuration.ContainsKey("daemon"))
        {
            again.Remove("daemon");
        }

        Assert.True(JsonNode.DeepEquals(loaded.Settings.Configuration, again), loaded.ToHocon());
    }

    private static Gen<ImmutableArray<ConfigLayer>> Valid()
    {
        var names = ArbMap.Default.GeneratorFor<NonEmptyString>().Select(text => text.Get)
            .Where(text => text.Length <= 100 && !text.Any(character => char.IsControl(character) || char.IsSurrogate(character)));
        var durations = Gen.Choose(1, 3000).SelectMany(number => Gen.Elements("ms", "s", "micros").Select(unit => $"{number}{unit}"));
        var phases =
            from name in names
            from connections in Gen.Choose(1, 1_000_000)
            from gap in Gen.Choose(1, 3000).SelectMany(number => Gen.Elements("ms", "s").Select(unit => $"{number}{unit}"))
            from end in Gen.OneOf(Gen.Choose(0, 99).Select(count => $"count = {count}"), Gen.Choose(1, 99).Select(seconds =>
                $"duration = {seconds}s"), Gen.Constant(""))
            from pacing in Gen.Elements("fixed", "after-burst")
            select $"{{ name = \"{ShownText.Escape(name)}\", connections = {connections}, gap = {gap}, pacing = {pacing}, {end}\n}}";
        return
            from load in Gen.NonEmptyListOf(phases)
            from hold in durations
            from flag in Gen.Elements("on", "off", "true", "no")
            from directive in Gen.Elements("stop", "restart", "escalate")
            from factor in Gen.Choose(100, 10_000).Select(number => (number / 100m).ToString(CultureInfo.InvariantCulture))
            from user in names
            from endpoints in Gen.Choose(1, 20)
            from defaults in Gen.Elements("count = 7", "duration = 30s", "")
            let list = string.Join(", ", Enumerable.Range(1, endpoints).Select(port => $"\"host:{port}\""))
            let text = $$"""
                actorload {
                  target { endpoints = [{{list}}], username = "{{ShownText.Escape(user)}}", password = secret }
                  phase-defaults { {{defaults}} }
                  load = [{{string.Join('\n', load)}}]
                  connection { hold = {{hold}}, keep-alive = {{flag}} }
                  supervision { protocol-error { directive = {{directive}}, backoff.factor = {{factor}} } }
                  daemon { token = secret, url = "http://10.0.0.1:1" }
                }
                """
            select ImmutableArray.Create<ConfigLayer>(new FileLayer("run.conf", text), new OverrideLayer("--set", "load.0.name",
                user));
    }
}
