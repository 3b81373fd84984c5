using System.Globalization;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Runs;
using HdrHistogram;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

public sealed class StoredHistogramsSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    private string File => _files["run/histograms.hlog"];

    private StoredHistograms Stored => new(_files["run"], Results.Id);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Merged_intervals_are_the_latencies_of_the_result(bool fails)
    {
        await using var peer = fails ? FaultPeer.Resetting(afterCommands: 1) : FaultPeer.Answering();
        await ActorLoadHere.RunAsync(
        [
            "run", "--quiet", "--target", peer.Target, "--set", "load=[{ connections = 50, count = 6, gap = 50ms, pacing = fixed }]",
            "--set", "metrics.interval=100ms", "--out", _files["run"],
        ]);
        var result = RunResultJson.Parse(await System.IO.File.ReadAllTextAsync(_files["run/result.json"]));
        var stored = new StoredHistograms(_files["run"], result.Run.Id);

        var merged = stored.Merge();
        Assert.Equal(0, stored.Skipped);
        Assert.Equal(result.Latency, OfSteps(failures: false));
        Assert.Equal(result.FailedLatency, OfSteps(failures: true));
        Assert.Equal(fails, result.FailedLatency.Count > 0);

        // The intervals are those of the samples.
        var lines = await System.IO.File.ReadAllLinesAsync(_files["run/samples.jsonl"]);
        var ends = lines.Select(line => RunResultJson.ParseSnapshot(line).Sample.At).ToHashSet();
        Assert.All(stored.Intervals(), interval => Assert.Contains(Math.Round(interval.To, 3), ends));

        Dictionary<string, LatencySummary> OfSteps(bool failures) => merged.Where(step => step.Key.IsOfFailures == failures)
            .ToDictionary(step => step.Key.Step.Name(), step => step.Value.Summarize()!);
    }

    [Fact]
    public void Library_reads_the_log_with_its_tags_and_times()
    {
        Write(Results.Timed(1, 100, 2_000), Results.Timed(2, 1_000_000));

        using var stream = System.IO.File.OpenRead(File);
        using var reader = new HistogramLogReader(stream);
        var read = reader.ReadHistograms().ToArray();
        Assert.Equal(["connect", "failed-total", "connect", "failed-total"], read.Select(each => each.Tag));
        Assert.Equal([2, 2, 1, 1], read.Select(each => each.TotalCount));
        var began = Results.Header.StartedAt!.Value.ToUnixTimeMilliseconds();
        Assert.Equal((began + 1_000, began + 2_000), (read[2].StartTimeStamp, read[2].EndTimeStamp));
        Assert.Equal(1_000_000, read[2].GetValueAtPercentile(50), 1_000.0);
        Assert.Contains(",1.000,1000.", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_is_the_same_in_every_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Write(Results.Timed(1.5, 100));
            Assert.Equal([0.5, 0.5], Stored.Intervals().Select(interval => interval.From));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Log_torn_at_any_byte_gives_the_lines_before()
    {
        Write(Results.Timed(1, 100, 2_000), Results.Timed(2, 1_000_000));
        var whole = System.IO.File.ReadAllBytes(File);
        var most = 0;
        for (var length = 0; length <= whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            var stored = Stored;
            var read = stored.Intervals().Select(interval => interval.Histogram.TotalCount).ToArray();
            Assert.InRange(stored.Skipped, 0, 1);
            Assert.Equal(new long[] { 2, 2, 1, 1 }[..read.Length], read);
            Assert.InRange(read.Length, most, most + 1);
            most = read.Length;
        }

        Assert.Equal(4, most);
    }

    [Fact]
    public void Line_that_did_not_fit_is_skipped_and_the_next_is_read()
    {
        Write(Results.Timed(1, 100));
        System.IO.File.AppendAllText(File, "Tag=connect,1.000,1.0\n" + System.IO.File.ReadAllLines(File)[^2] + "\n");
        var stored = Stored;
        Assert.Equal(2, stored.Merge()[new MeasuredStep(Step.Connect, false)].TotalCount);
        Assert.Equal(1, stored.Skipped);
    }

    [Fact]
    public void Results_of_an_older_version_have_no_histograms()
    {
        Write(Results.Timed(1, 100));
        System.IO.File.Delete(File);
        Assert.Empty(Stored.Merge());
        Assert.Equal($"{_files["run"]} has no histograms.hlog: an older version of ActorLoad wrote these results", Stored.Missing);
    }

    [Theory]
    [InlineData("PNG", ":1: is not a log of histograms: it does not begin as one; ")]
    [InlineData("#[Histogram log format version 1.3]\nTag=nonsense,{0}", ":2: has histograms of nonsense, which is not a step; ")]
    [InlineData("#[ActorLoad run 20000101-000000-000000: of others]\n", ":1: is of another run than run.json, which is of " + Results.Id)]
    public void Foreign_file_is_an_error_that_names_file_and_line(string content, string problem)
    {
        Write(Results.Timed(1, 100));
        var line = System.IO.File.ReadAllLines(File)[^1];
        System.IO.File.WriteAllText(File, content.Replace("{0}", line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..], StringComparison.Ordinal));
        var error = Assert.Throws<SettingsException>(() => Stored.Merge());
        Assert.StartsWith(File + problem, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("name the directory that --out wrote, or run it again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Histogram_of_another_range_is_an_error_that_names_its_line()
    {
        Write(Results.Timed(1, 100));
        var foreign = new LongHistogram(1_000_000, 2) { Tag = "connect" };
        foreign.RecordValue(5);
        using var text = new MemoryStream();
        HistogramLogWriter.Write(text, DateTime.UnixEpoch, foreign);
        var line = System.Text.Encoding.Unicode.GetString(text.ToArray()).TrimEnd().Split('\n')[^1];
        System.IO.File.AppendAllText(File, line + "\n");
        var error = Assert.Throws<SettingsException>(() => Stored.Merge());
        Assert.Contains("histograms.hlog:8: holds a foreign histogram: not an encoded histogram of 1 microsecond", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Special_file_in_place_of_the_log_is_an_error()
    {
        Write(Results.Timed(1, 100));
        System.IO.File.Move(File, _files["elsewhere"]);
        System.IO.File.CreateSymbolicLink(File, _files["elsewhere"]);
        Assert.Contains("is a link", Assert.Throws<SettingsException>(() => Stored.Merge()).Message, StringComparison.Ordinal);
    }

    private void Write(params RunSnapshot[] snapshots)
    {
        using var journal = RunJournal.Create(_files["run"], Results.Header);
        foreach (var snapshot in snapshots)
        {
            journal.Add(snapshot);
        }
    }
}
