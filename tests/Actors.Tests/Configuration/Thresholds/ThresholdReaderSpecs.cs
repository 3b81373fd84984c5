using ActorLoad.Configuration;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration.Thresholds;

/// <summary>Thresholds in a run file; its mistakes are in <see cref="SettingsErrorsSpecs"/>.</summary>
public class ThresholdReaderSpecs
{
    private const string Keys = """
        target.endpoints = ["db.example:6379", "127.1:6380"]
        observers.bystander.connections = 2
        thresholds = [
          "success-ratio >= 0.999"
          { metric = "connect.p99 <= 50ms", abort-on-fail = on, after = 10s }
          { metric = "findings == 0" }
          "bystander.p99 <= 5ms"
          "endpoints.'db.example:6379'.total.p99 < 1s"
          "endpoints.'10.0.0.7:6379'.refused == 0"
          "endpoints.'127.0.0.1:6380'.refused == 0"
        ]
        verdict.allow = [generator-limited]
        """;

    [Fact]
    public void Short_and_long_form_are_read_from_one_list()
    {
        var settings = LoadKeys(Keys).Settings;

        Assert.Equal(
            ["success-ratio >= 0.999", "connect.p99 <= 50ms", "findings == 0", "bystander.p99 <= 5ms"],
            settings.Thresholds.Take(4).Select(threshold => threshold.Expression));
        Assert.Equal([false, true, false, false], settings.Thresholds.Take(4).Select(threshold => threshold.AbortOnFail));
        Assert.Equal(TimeSpan.FromSeconds(10), settings.Thresholds[1].After);
        Assert.True(settings.AllowsGeneratorLimited);
    }

    [Fact]
    public void Printed_thresholds_are_read_again()
    {
        var first = LoadKeys(Keys);
        var second = LoadFile(first.ToHocon());

        Assert.Equal(first.Settings.Thresholds.Select(Told), second.Settings.Thresholds.Select(Told));
        Assert.Equal(first.ToHocon(), second.ToHocon());

        static string Told(ActorLoad.Configuration.Thresholds.Threshold threshold) => $"{threshold} {threshold.AbortOnFail} {threshold.After}";
    }

    [Fact]
    public void Every_wrong_threshold_is_reported_at_once()
    {
        var errors = ErrorsOfKeys("thresholds = [\"a < 1\", \"refused == 0\", { metric = \"b < 1\" }, \"total.p99 < 5\"]");

        Assert.Equal(["thresholds[0]", "thresholds[2].metric", "thresholds[3]"], errors.Select(error => error.Split(": ")[1]));
    }

    [Fact]
    public void More_than_a_thousand_thresholds_are_refused()
    {
        Assert.Empty(ErrorsOfKeys($"thresholds = [{Many(1_000)}]"));
        Assert.Contains("1001 thresholds; at most 1000", Assert.Single(ErrorsOfKeys($"thresholds = [{Many(1_001)}]")), StringComparison.Ordinal);

        static string Many(int count) => string.Join(", ", Enumerable.Repeat("\"refused == 0\"", count));
    }

    [Fact]
    public void No_verdict_is_allowed_by_default() => Assert.False(ConfigLoader.Load([]).Settings.AllowsGeneratorLimited);
}
