using ActorLoad.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The whole result of a run, for <c>--details</c>: the sums, the reasons, and each table.</summary>
internal static class SummaryDetails
{
    /// <summary>The parts, in order, with an empty row before each.</summary>
    public static IEnumerable<IRenderable> Of(RunResult result)
    {
        if (result.Findings.Count > 0)
        {
            yield return FindingList.Of(result.Findings);
        }

        yield return new Rows(SummaryLines.Sums(result).Select(line => new Text(line)));
        yield return SummaryTables.Outcomes(result);
        if (result.Fleets.Count > 1)
        {
            yield return CountTable.Of("fleet", CountRow.Of(result.Fleets));
        }

        if (CountRow.Of(result.Phases) is { Count: > 1 } phases)
        {
            yield return CountTable.Of("phase", phases);
        }

        if (result.Endpoints.Count > 1)
        {
            yield return CountTable.Of("endpoint", CountRow.Of(result.Endpoints));
        }

        if (result.Rejections.Count > 0)
        {
            yield return SummaryTables.Rejections(result);
        }

        if (result.Closes is { } closes)
        {
            yield return new Text($"{SummaryLines.Closes}: {SummaryLines.Listed(closes)}");
        }

        if (result.Tls is { } tls)
        {
            yield return SummaryTables.Tls(tls);
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

        yield return Generator(result);
    }

    private static Rows Generator(RunResult result)
    {
        var usage = result.Generator;
        return new Rows(
            new Text(
                $"This machine spent {Figures.Tenths(usage.CpuMicrosPerConnection)} us CPU on each connection, "
                + $"{Figures.Tenths(usage.GcPauseMillis)} ms in garbage collection.",
                Look.Dim),
            new Text(
                $"At most {Figures.Count(usage.PeakOpen)} were open at once: {Figures.Bytes(usage.PeakRssBytes)} of memory"
                + (usage.BytesPerOpenConnection is { } each ? $", {Figures.Bytes(each)} for each." : "."),
                Look.Dim));
    }
}
