using ActorLoad.Monitoring;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The tables of a monitor: present values and peaks while it runs, the peaks alone at its end.</summary>
internal static class MonitorTables
{
    /// <summary>Prints the peaks after the end.</summary>
    public static void WriteSummary(IAnsiConsole console, MonitorSummary summary)
    {
        console.Write(new Rows(
            new Text(""),
            new Text(
                $"Port {summary.Port}, watched for {Figures.Span(TimeSpan.FromSeconds(summary.Seconds))} from "
                + $"{MonitorColumns.TimeOf(summary.StartedAt)}: peaks", Look.Strong),
            new Text(""), States(null, summary.Peaks), new Text(""), Machine(null, summary), Unseen(summary)));
    }

    /// <summary>The picture while the monitor runs.</summary>
    public static IRenderable Live(MonitorLine line, MonitorSummary soFar) => new Rows(
        new Text(""),
        new Text(
            $"port {line.Port} · {MonitorColumns.TimeOf(line.At)} · {Figures.Span(TimeSpan.FromSeconds(line.Seconds))} · "
            + "Ctrl-C ends with the peaks",
            Look.Dim),
        new Text(""), States(line, soFar.Peaks), new Text(""), Machine(line, soFar), Unseen(soFar), new Text(""));

    private static Table States(MonitorLine? line, MonitorPeaks peaks)
    {
        string[] now = line is null ? [] : ["now"];
        string[] heads = [.. now, "peak", "at"];
        var table = Look.Table(["sockets", $"client {heads[0]}", .. heads[1..], $"server {heads[0]}", .. heads[1..]]);
        var (client, server) = (peaks.Client.ToList(), peaks.Server.ToList());
        for (var state = 0; state < PerState.Names.Count; state++)
        {
            table.Add(
                Look.Plain,
                [
                    PerState.Names[state], .. Cells(line?.Client?.ToList()[state], client[state]),
                    .. Cells(line?.Server?.ToList()[state], server[state]),
                ]);
        }

        return table;

        string[] Cells(int? value, Peak? peak) =>
            [.. now.Select(_ => MonitorColumns.Of(value)), MonitorColumns.Of((long?)peak?.Value), At(peak)];
    }

    private static Table Machine(MonitorLine? line, MonitorSummary summary)
    {
        string[] now = line is null ? [] : ["now"];
        var table = Look.Table(["machine", .. now, "peak", "at", "limit", "in all"]);
        var peaks = summary.Peaks;
        var limit = summary.AcceptQueueLimit;
        table.Add(
            peaks.AcceptQueue?.Value > limit ? Look.Bad : Look.Plain,
            Row("accept queue", MonitorColumns.Of(line?.AcceptQueue?.Now), MonitorColumns.Of((long?)peaks.AcceptQueue?.Value),
                peaks.AcceptQueue, MonitorColumns.Of(limit), ""));
        table.Add(
            Look.Plain,
            Row("TCP memory", MonitorColumns.Bytes(line?.Memory?.Now), MonitorColumns.Bytes(peaks.MemoryBytes?.Value), peaks.MemoryBytes,
                MonitorColumns.Bytes(summary.MemoryLimitBytes), ""));
        string[] names = ["opened/s", "accepted/s", "overflows/s", "drops/s", "retransmits/s", "of SYNs/s"];
        var (rates, highest, totals) = (line?.Rates.ToList(), peaks.Rates.ToList(), summary.Totals.ToList());
        for (var counter = 0; counter < names.Length; counter++)
        {
            var isBad = counter >= 2 && totals[counter] > 0;
            table.Add(
                isBad ? Look.Warn : Look.Plain,
                Row(names[counter], MonitorColumns.Rate(rates?[counter]), MonitorColumns.Rate(highest[counter]?.Value),
                    highest[counter], "", MonitorColumns.Of(totals[counter])));
        }

        return table;

        string[] Row(string name, string value, string peak, Peak? when, string limit, string total) =>
            [name, .. now.Select(_ => value), peak, At(when), limit, total];
    }

    private static Rows Unseen(MonitorSummary summary) => new(
    [
        new Text("sockets and accept queue are the port's; memory and rates are those of all TCP of this network namespace", Look.Dim),
        .. summary.Unseen.Select(sentence => new Text("! " + sentence, Look.Warn)),
    ]);

    // A peak of 0 has no time.
    private static string At(Peak? peak) => peak is { Value: > 0 } ? MonitorColumns.TimeOf(peak.At) : "";
}
