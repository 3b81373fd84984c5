using System.Globalization;
using System.Text;
using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using HdrHistogram;

namespace ActorLoad.Hosting.Reports;

/// <summary>The files of a run for other programs: <c>bursts.csv</c>, <c>samples.csv</c>, <c>outcomes.csv</c>, and a <c>.hgrm</c> for each
/// step, which HdrHistogram's plotter draws. Columns have the names that their numbers have in <c>result.json</c>.</summary>
internal static class RunTables
{
    private const int TicksPerHalfDistance = 5;
    private const double MicrosPerMillisecond = 1_000;

    private static readonly string[] Statistics = ["count", .. LatencySummary.Statistics.Keys];
    private static readonly (string Name, Func<Sample, LatencySummary?> Of)[] Times =
        [("connect", sample => sample.Connect), ("total", sample => sample.Total), ("recovery", sample => sample.Recovery)];

    private static readonly string[] OutcomeNames = [.. Outcomes.All.Select(outcome => outcome.Name())];

    /// <summary>Writes them beside the other files of a run, also of one that was killed: then the bursts are not known. Throws what file
    /// operations throw, and <see cref="Configuration.SettingsException"/> for a foreign <c>histograms.hlog</c>.</summary>
    /// <returns>What is missing, in sentences.</returns>
    public static IReadOnlyList<string> Write(RunView run, string directory)
    {
        Save(DerivedFiles.Bursts, BurstsOf(run.Result).ToBytes());
        Save(DerivedFiles.Samples, SamplesOf(run.Samples).ToBytes());
        Save(DerivedFiles.Outcomes, OutcomesOf(run.Result).ToBytes());
        var histograms = new StoredHistograms(directory, run.Result.Run.Id);
        foreach (var (step, histogram) in histograms.Merge())
        {
            Save(DerivedFiles.Distribution(step), Encoding.UTF8.GetBytes(Distribution(histogram)));
        }

        return
        [
            .. histograms.Missing is { } missing ? [missing] : Array.Empty<string>(),
            .. histograms.Skipped is var skipped and > 0
                ? [$"{RunJournal.HistogramsFile} has {skipped} torn {(skipped == 1 ? "line" : "lines")}, left out here"]
                : Array.Empty<string>(),
        ];

        void Save(string name, byte[] content) => AtomicFile.Write(Path.Combine(directory, name), content);
    }

    /// <summary>A row for each burst.</summary>
    internal static CsvTable BurstsOf(RunResult result)
    {
        var table = new CsvTable(
        [
            "index", "fleet", "phase", "dueAt", "planned", "opened", "reused", "dropped", "succeeded", "failed", "cancelled",
            "startLagMicros", "startSkewMicros", "durationSeconds",
        ]);
        foreach (var burst in result.Bursts)
        {
            table.Add(
            [
                burst.Index, burst.Fleet, burst.Phase, burst.DueAt, burst.Planned, burst.Opened, burst.Reused, burst.Dropped,
                burst.Succeeded, burst.Failed, burst.Cancelled, burst.StartLagMicros, burst.StartSkewMicros, burst.DurationSeconds,
            ]);
        }

        return table;
    }

    /// <summary>A row for each interval.</summary>
    internal static CsvTable SamplesOf(IReadOnlyList<Sample> samples)
    {
        var table = new CsvTable(
        [
            "at", "open", "connected", "waiting", "planned", "opened", "reused", "succeeded", "failed", "dropped", "cancelled", "attempts",
            "retries", "established", "answered", "attemptsFailed", "cut", "ratePerSecond",
            .. OutcomeNames.Select(name => $"outcomes.{name}"),
            .. Times.SelectMany(time => Statistics.Select(statistic => $"{time.Name}.{statistic}")),
        ]);
        foreach (var sample in samples)
        {
            table.Add(
            [
                sample.At, sample.Open, sample.Connected, sample.Waiting, sample.Planned, sample.Opened, sample.Reused, sample.Succeeded,
                sample.Failed, sample.Dropped, sample.Cancelled, sample.Attempts, sample.Retries, sample.Established, sample.Answered,
                sample.AttemptsFailed, sample.Cut, sample.RatePerSecond,
                .. OutcomeNames.Select(name => (object?)sample.Outcomes.GetValueOrDefault(name)),
                .. Times.SelectMany(time => Numbers(time.Of(sample))),
            ]);
        }

        return table;
    }

    /// <summary>A row for each outcome of the run and of each of its parts, and for each error reply.</summary>
    internal static CsvTable OutcomesOf(RunResult result)
    {
        var table = new CsvTable(["part", "name", "outcome", "reply", "connections", "attemptFailures"]);
        Add("run", null, result.Outcomes, result.AttemptFailures, result.Rejections);
        foreach (var fleet in result.Fleets)
        {
            Add("fleet", fleet.Name, fleet.Outcomes, fleet.AttemptFailures, fleet.Rejections);
        }

        foreach (var phase in result.Phases)
        {
            var name = phase.Fleet is { } fleet ? $"{fleet}: {phase.Name}" : phase.Name;
            Add("phase", name, phase.Outcomes, phase.AttemptFailures, phase.Rejections);
        }

        foreach (var endpoint in result.Endpoints)
        {
            Add("endpoint", endpoint.Endpoint, endpoint.Outcomes, endpoint.AttemptFailures, endpoint.Rejections);
        }

        return table;

        void Add(
            string part, string? name, IReadOnlyDictionary<string, long> outcomes, IReadOnlyDictionary<string, long> failures,
            IReadOnlyDictionary<string, long> replies)
        {
            foreach (var outcome in OutcomeNames)
            {
                table.Add([part, name, outcome, null, outcomes.GetValueOrDefault(outcome), failures.GetValueOrDefault(outcome)]);
            }

            foreach (var (reply, attempts) in replies)
            {
                table.Add([part, name, Outcome.Rejected.Name(), reply, null, attempts]);
            }
        }
    }

    /// <summary>The percentiles of a step in milliseconds, as HdrHistogram writes them.</summary>
    internal static string Distribution(LatencyHistogram histogram)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        histogram.OutputPercentileDistribution(text, TicksPerHalfDistance, MicrosPerMillisecond);
        return text.ToString();
    }

    private static IEnumerable<object?> Numbers(LatencySummary? times) =>
        [times?.Count, .. LatencySummary.Statistics.Values.Select(statistic => times is null ? null : (object)statistic(times))];
}
