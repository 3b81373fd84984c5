using ActorLoad.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The end of a run for a reader at 3 a.m.: the verdict first, then the sum, then the reasons, then the details.</summary>
internal static class Summary
{
    /// <summary>Prints a result; <paramref name="directory"/> is where its files are, null if there are none.</summary>
    public static void Write(IAnsiConsole console, RunResult result, string? directory)
    {
        foreach (var part in Parts(result, directory))
        {
            console.Write(part);
            console.WriteLine();
        }
    }

    private static IEnumerable<IRenderable> Parts(RunResult result, string? directory)
    {
        yield return Verdict(result);
        if (result.Findings.Count > 0)
        {
            yield return FindingList.Of(result.Findings);
        }

        yield return Arithmetic(result);
        yield return SummaryTables.Outcomes(result);
        if (result.Endpoints.Count > 1)
        {
            yield return EndpointTable.Of(result.Endpoints);
        }

        if (result.Rejections.Count > 0)
        {
            yield return SummaryTables.Rejections(result);
        }

        if (result.Thresholds.Count > 0)
        {
            yield return SummaryTables.Thresholds(result);
        }

        if (result.Latency.Values.Concat(result.FailedLatency.Values).Any(latency => latency.Count > 0))
        {
            yield return SummaryTables.Latencies(result);
        }

        if (result.Bursts.Count > 0)
        {
            yield return BurstTable.Of(result.Bursts);
        }

        foreach (var table in result.Ledgers is { } ledgers ? LedgerTables.Of(ledgers) : [])
        {
            yield return table;
        }

        yield return Generator(result, directory);
    }

    private static Rows Verdict(RunResult result)
    {
        var counts = result.Connections;
        var ended = counts.Opened + counts.Dropped - counts.Cancelled;
        var success = $"{Figures.Percent(counts.Succeeded, ended)} of {Figures.Count(ended)} connections succeeded";
        var (word, meaning, style) = result.Verdict switch
        {
            ActorLoad.Runs.Verdict.Valid => ("VALID", success, counts.Failed + counts.Dropped > 0 ? Look.Warn : Look.Good),
            ActorLoad.Runs.Verdict.GeneratorLimited =>
                ("GENERATOR-LIMITED", $"{success}, but the numbers tell of this machine, not of the target", Look.Bad),
            ActorLoad.Runs.Verdict.Aborted => ("ABORTED", "the run was given up", Look.Bad),
            _ => ("INTERRUPTED", "the run was stopped before its end; these are the numbers until then", Look.Warn),
        };
        var lines = new List<IRenderable> { new Text(""), new Paragraph().Append(word, style).Append(": " + meaning) };
        lines.AddRange(result.VerdictReasons.Select(reason => new Text("  - " + reason)));
        var missed = result.Thresholds.Count(threshold => !threshold.Met);
        if (missed > 0)
        {
            lines.Add(new Paragraph().Append("THRESHOLDS NOT MET", Look.Bad).Append($": {missed} of {result.Thresholds.Count}"));
        }

        lines.Add(new Text(
            $"{string.Join(", ", result.Target.Endpoints)} ({string.Join(", ", result.Target.Addresses)}), "
            + $"{Figures.Seconds(result.Run.DurationSeconds)}, transport {result.Transport.Kind}, run {result.Run.Id}",
            Look.Dim));
        return new Rows(lines);
    }

    private static Rows Arithmetic(RunResult result)
    {
        var counts = result.Connections;
        return new Rows(
            new Text(
                $"{Figures.Count(counts.Planned)} planned = {Figures.Count(counts.Succeeded)} succeeded + {Figures.Count(counts.Failed)} failed + "
                + $"{Figures.Count(counts.Cancelled)} cancelled + {Figures.Count(counts.Dropped)} dropped"),
            new Text($"{Figures.Count(result.Attempts)} attempts = {Figures.Count(counts.Opened)} opened + {Figures.Count(result.Retries)} retries"));
    }

    private static Rows Generator(RunResult result, string? directory)
    {
        var usage = result.Generator;
        var lines = new List<IRenderable>
        {
            new Text(
                $"This machine spent {Figures.Tenths(usage.CpuMicrosPerConnection)} us CPU on each connection, "
                + $"{Figures.Tenths(usage.GcPauseMillis)} ms in garbage collection.",
                Look.Dim),
            new Text(
                $"At most {Figures.Count(usage.PeakOpen)} were open at once: {Figures.Bytes(usage.PeakRssBytes)} of memory"
                + (usage.BytesPerOpenConnection is { } each ? $", {Figures.Bytes(each)} for each." : "."),
                Look.Dim),
        };
        if (directory is not null)
        {
            lines.Add(new Text($"Files: {directory} (run.json, samples.jsonl, result.json)", Look.Dim));
        }

        return new Rows(lines);
    }
}
