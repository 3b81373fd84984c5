using System.Text;
using ActorLoad.Configuration;
using ActorLoad.Load;
using Xunit;

namespace ActorLoad.Actors.Tests.Configuration;

public sealed class ReplayFilesSpecs
{
    [Theory]
    [InlineData("0\n0.25\n3\n")]
    [InlineData("1764238500.5\n1764238500.75\n1764238503.5")] // counted from the first
    [InlineData("time,client\n10,a\n10.25,b\n\n13,c\n")]
    [InlineData("client,ts\na,10\nb,10.25\nc,13\n")]
    [InlineData("\"2026-11-27T10:15:00Z\",a\n\"2026-11-27T10:15:00.250Z\",b\n\"2026-11-27T11:15:03+01:00\",c")]
    [InlineData("{\"at\": 7}\n{\"at\": 7.25, \"x\": 1}\n{\"at\": 10}\n")]
    [InlineData("{\"timestamp\": \"2026-11-27T10:15:00Z\"}\n{\"timestamp\": \"2026-11-27T10:15:00.25Z\"}\n{\"timestamp\": \"2026-11-27T10:15:03Z\"}")]
    public void Due_times_count_from_the_first_line(string text)
    {
        var arrivals = Assert.IsType<ReplayArrivals>(Assert.IsType<PacedSettings>(Assert.Single(Load(text).Settings.Load)).Arrivals);

        Assert.Equal([0, 0.25, 3], arrivals.DueTimes().Select(due => due.TotalSeconds));
        Assert.Equal("log.csv", arrivals.File);
    }

    [Theory]
    [InlineData("", "no times")]
    [InlineData("at\n", "no times")]
    [InlineData("1\nx\n", "line 2 has no time: \"x\"")]
    [InlineData("client,at\na\n", "line 2 has no time: \"a\"")]
    [InlineData("{\"when\": 1}\n", "line 1 has no time: ")]
    [InlineData("{\"at\": 1\n", "line 1 has no time: ")]
    [InlineData("{\"at\": true}\n", "line 1 has no time: ")]
    [InlineData("2\n1.5\n", "line 2 is earlier than the line before: not sorted")]
    [InlineData("0\n1e22\n", "line 2 has no time: \"1e22\"")]
    [InlineData("0\n3000000\n", "line 2 is more than 30 days after the first")]
    public void Bad_file_is_an_error_with_its_line(string text, string problem)
    {
        var error = Assert.Single(Configurations.Errors(() => Load(text)));

        Assert.StartsWith($"runs/run.conf:1: load[0].file: runs/log.csv: {problem}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_file_is_an_error_and_a_stranger_reads_none()
    {
        var missing = Assert.Single(Configurations.Errors(() => Load(null)));
        Assert.StartsWith("runs/run.conf:1: load[0].file: runs/log.csv cannot be read: ", missing, StringComparison.Ordinal);

        var stranger = Assert.Single(Configurations.Errors(() => ConfigLoader.LoadStranger(Body, ConfigLoader.Load([]))));
        Assert.Contains("load[0].file: a run over the API cannot read files of the daemon", stranger, StringComparison.Ordinal);
    }

    private static FileLayer Body => new("runs/run.conf", "actorload.load = [ { shape = replay, file = log.csv } ]");

    private static LoadedConfiguration Load(string? text) => ConfigLoader.Load([Body], new NamedFiles(path =>
    {
        Assert.Equal("runs/log.csv", path);
        return text is null ? throw new FileNotFoundException("no such file") : new MemoryStream(Encoding.UTF8.GetBytes(text));
    }));
}
