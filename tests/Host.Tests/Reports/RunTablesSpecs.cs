using System.Globalization;
using System.Text;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

public sealed class RunTablesSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Run_with_out_writes_tables_that_equal_its_result()
    {
        await using var peer = FaultPeer.Answering();
        (await ActorLoadHere.RunAsync(
        [
            "run", "--quiet", "--target", peer.Target, "--set", "load=[{ name = \"=evil\", connections = 20, count = 3, gap = 50ms }]",
            "--set", "metrics.interval=100ms", "--out", _files["run"],
        ])).Expect();
        var result = RunResultJson.Parse(await File.ReadAllTextAsync(_files["run/result.json"]));

        var bursts = Rows("bursts.csv");
        Assert.Equal([20, 20, 20], bursts.Select(row => Number(row, "succeeded")));
        Assert.All(bursts, row => Assert.Equal("'=evil", row["phase"]));
        Assert.Equal(result.Bursts.Select(burst => burst.StartLagMicros), bursts.Select(row => Number(row, "startLagMicros")));

        var samples = Rows("samples.csv");
        Assert.Equal(60, samples.Sum(row => Number(row, "outcomes.succeeded")));
        Assert.Equal(result.Latency["total"].Count, samples.Sum(row => row["total.count"].Length == 0 ? 0 : Number(row, "total.count")));
        Assert.Equal(result.Latency["total"].Max, samples.Max(row => row["total.max"].Length == 0 ? 0 : Number(row, "total.max")));

        var outcomes = Rows("outcomes.csv");
        Assert.Equal(60, Number(Assert.Single(outcomes, row => row["part"] == "run" && row["outcome"] == "succeeded"), "connections"));
        Assert.Equal(
            ["endpoint", "phase", "run"], outcomes.Select(row => row["part"]).Distinct().Order());

        Assert.Equal(
            result.Latency.Keys.Select(step => step + ".hgrm").Order(), Directory.GetFiles(_files["run"], "*.hgrm").Select(Path.GetFileName).Order());
        Assert.Contains($"Total count    = {60,12}", await File.ReadAllTextAsync(_files["run/total.hgrm"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_a_killed_run_have_its_finished_intervals()
    {
        Write(Results.Timed(1, 100, 2_000), Results.Timed(2, 300));

        Assert.Empty(RunTables.Write(RunView.Read(_files["run"]), _files["run"]));
        Assert.Equal([60, 60], Rows("samples.csv").Select(row => Number(row, "succeeded")));
        Assert.Empty(Rows("bursts.csv"));
        var run = Rows("outcomes.csv").Where(row => row["part"] == "run").ToDictionary(row => row["outcome"]);
        Assert.Equal((60, 30), (Number(run["succeeded"], "connections"), Number(run["cancelled"], "connections")));
        Assert.Equal(15, Number(run["reset"], "attemptFailures"));

        // As HdrHistogram's plotter reads it: four columns, then comments.
        var lines = File.ReadAllLines(_files["run/connect.hgrm"]).Select(line => line.Trim()).ToArray();
        Assert.Matches(@"^Value +Percentile +TotalCount +1/\(1-Percentile\)$", lines[0]);
        var last = lines.Last(line => line.Length > 0 && line[0] != '#').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((2.0, 1.0, 3), (Math.Round(double.Parse(last[0], CultureInfo.InvariantCulture), 1),
            double.Parse(last[1], CultureInfo.InvariantCulture), int.Parse(last[2], CultureInfo.InvariantCulture)));
        Assert.Contains(lines, line => line.StartsWith("#[Max     =        2.0", StringComparison.Ordinal));
        Assert.True(File.Exists(_files["run/failed-total.hgrm"]));
    }

    [Fact]
    public void Missing_and_torn_histograms_are_told()
    {
        Write(Results.Timed(1, 100));
        var log = Path.Combine(_files["run"], RunJournal.HistogramsFile);
        File.AppendAllText(log, "Tag=connect,1.0");
        Assert.Equal(["histograms.hlog has 1 torn line, left out here"], RunTables.Write(RunView.Read(_files["run"]), _files["run"]));
        File.Delete(log);
        var missing = Assert.Single(RunTables.Write(RunView.Read(_files["run"]), _files["run"]));
        Assert.EndsWith("an older version of ActorLoad wrote these results", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_an_earlier_run_are_gone_when_the_next_begins()
    {
        Write(Results.Timed(1, 100));
        RunTables.Write(RunView.Read(_files["run"]), _files["run"]);
        Write();
        Assert.Equal(["histograms.hlog", "run.json", "samples.jsonl"], Directory.GetFiles(_files["run"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Error_replies_have_rows_of_their_own()
    {
        var result = Results.Of(Verdict.Valid) with { Rejections = new Dictionary<string, long> { ["-DENIED, go"] = 7 } };
        Assert.Contains("run,,rejected,\"'-DENIED, go\",,7\r\n", Encoding.UTF8.GetString(RunTables.OutcomesOf(result).ToBytes()), StringComparison.Ordinal);
    }

    private void Write(params RunSnapshot[] snapshots)
    {
        using var journal = RunJournal.Create(_files["run"], Results.Header);
        foreach (var snapshot in snapshots)
        {
            journal.Add(snapshot);
        }
    }

    // No cell of these specs has a comma.
    private Dictionary<string, string>[] Rows(string file)
    {
        var lines = File.ReadAllLines(_files["run/" + file]);
        var names = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => names.Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    private static long Number(Dictionary<string, string> row, string column) => long.Parse(row[column], CultureInfo.InvariantCulture);
}
