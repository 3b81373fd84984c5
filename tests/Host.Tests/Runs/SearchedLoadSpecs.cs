using ActorLoad.Configuration;
using ActorLoad.Hosting.Runs;
using ActorLoad.Load;
using Xunit;

namespace ActorLoad.Hosting.Tests.Runs;

public sealed class SearchedLoadSpecs
{
    private const string Bursts = "{ connections = 40, count = 1 }";
    private const string Pool = "{ shape = population, connections = 30, duration = 1m }";
    private const string Rate = "{ shape = rate, rate = \"30/m\", duration = 2s }";

    [Theory]
    [InlineData(Bursts, null, "connections load.0 40 19000")]
    [InlineData($"{Bursts}, {{ connections = 7, gap = 1s, duration = 2s }}", null, "connections load.1 7 19000")]
    [InlineData(Rate, null, "rate load.0 1 1000000")]
    [InlineData("{ shape = rate, rate = \"250/s\", duration = 1h }", null, "rate load.0 250 596523")]
    [InlineData($"{Bursts}, {Rate}", null, "rate load.1 1 1000000")]
    [InlineData($"{Rate}, {Rate}, {Bursts}", null, "connections load.2 40 19000")]
    [InlineData($"{Rate}, {Rate}, {Bursts}", SearchOf.Rate, "rate load.1 1 1000000")]
    [InlineData($"{Pool}, {Bursts}", SearchOf.Population, "population load.0 30 19000")]
    [InlineData($"{Bursts}, {Pool}", null, "population load.1 30 19000")]
    [InlineData("{ shape = population, connections = 30, duration = 2s, open-rate = \"50/s\" }", null, "population load.0 30 100")]
    [InlineData($"{Bursts}, {Rate}", SearchOf.Connections, "connections load.0 40 19000")]
    public void Value_of_the_last_phase_is_searched_unless_another_is_named(string load, object? of, string expected)
    {
        var found = Find(load, (SearchOf?)of, out var errors)!;
        Assert.Empty(errors);
        Assert.Equal(expected, $"{found.Word} {found.Path} {found.Present} {found.Most}");
    }

    [Theory]
    [InlineData(Bursts, SearchOf.Rate,
        "--of: load: no phase has shape = rate, whose value can be searched; here are bursts; --of connections, or a phase with shape = rate")]
    [InlineData(Rate, SearchOf.Connections,
        "--of: load: no phase has shape = bursts, whose value can be searched; here are rate; --of rate, or a phase with shape = bursts")]
    [InlineData("{ shape = ramp, from = \"1/s\", to = \"9/s\", over = 1s }, { shape = pause, duration = 1s }", null,
        "--of: load: the last phase has no shape = bursts, rate or population, whose value can be searched; here are ramp, pause; a last phase with one of these shapes")]
    public void Load_without_such_a_phase_is_an_error_with_a_remedy(string load, object? of, string error)
    {
        Assert.Null(Find(load, (SearchOf?)of, out var errors));
        Assert.Equal(error, Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData(Bursts, "500", 500, "500 connections in one burst")]
    [InlineData($"{Bursts}, {{ connections = 3, count = 2 }}", "1", 1, "1 connection in each burst")]
    [InlineData(Pool, "2000", 2000, "2,000 connections kept open")]
    [InlineData(Rate, "2500/s", 2500, "2,500/s")]
    [InlineData(Rate, "2500", 2500, "2,500/s")]
    public void Values_are_read_and_told_with_their_unit(string load, string text, int value, string words)
    {
        var found = Find(load, null, out var errors)!;
        Assert.Equal((value, words), (found.Read("--max", text, errors)!.Value, found.Tell(value)));
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(Bursts, "many", "a whole number from 1 to 19,000, which is connection.max-open")]
    [InlineData(Bursts, "0", "a whole number from 1 to 19,000")]
    [InlineData(Bursts, "19001", "a whole number from 1 to 19,000")]
    [InlineData(Bursts, "500/s", "a whole number from 1 to 19,000")]
    [InlineData(Rate, "1.5/s", "a whole number from 1 to 1,000,000, which is the highest rate of a phase of that duration")]
    [InlineData(Rate, "500/m", "a whole number from 1 to 1,000,000, which is the highest rate of a phase of that duration")]
    public void Value_that_is_none_is_refused_with_its_range(string load, string text, string allowed)
    {
        var found = Find(load, null, out var errors)!;
        Assert.Null(found.Read("--max", text, errors));
        Assert.StartsWith($"--max: \"{text}\" is not a value of {found.Word}; {allowed}", Assert.Single(errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Layer_changes_the_value_of_a_probe_and_nothing_else()
    {
        var load = $"{Bursts}, {Rate}, {Bursts}";
        var probe = Load(load, Find(load, SearchOf.Connections, out _)!.Layer(123));
        var meant = Load($"{Bursts}, {Rate}, {Bursts.Replace("40", "123", StringComparison.Ordinal)}");
        Assert.Equal(meant.Configuration.ToJsonString(), probe.Configuration.ToJsonString());
        Assert.Equal([40, 123], probe.Load.OfType<BurstSettings>().Select(phase => phase.Connections));
    }

    [Fact]
    public void Highest_rate_of_a_long_phase_can_be_loaded()
    {
        const string Long = "{ shape = rate, rate = \"1/s\", duration = 30d }";
        var found = Find(Long, null, out _)!;
        Assert.NotNull(Load(Long, found.Layer(found.Most)));
        Assert.Throws<SettingsException>(() => Load(Long, found.Layer(found.Most + 1)));
    }

    private static SearchedLoad? Find(string load, SearchOf? of, out List<SettingsError> errors)
    {
        errors = [];
        return SearchedLoad.Find(Load(load), of, errors);
    }

    private static RunSettings Load(string load, params OverrideLayer[] more) =>
        ConfigLoader.Load([new FileLayer("run.conf", $"actorload {{ target.endpoints = [\"127.0.0.1:1\"], load = [ {load} ] }}"), .. more]).Settings;
}
