using ActorLoad.Diagnosis;

namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>Servers and kernel over time.</summary>
internal static class ServerCharts
{
    /// <summary>Most servers that are drawn; those of the target come first.</summary>
    public const int MostServers = 6;

    /// <summary>The charts that have points.</summary>
    public static IEnumerable<Chart> Of(Ledgers? ledgers)
    {
        var servers = (ledgers?.Servers ?? []).Where(server => server.Course is { Count: > 0 }).Take(MostServers).ToList();
        if (servers.Any(server => server.Course!.Any(moment => moment.MainThreadShare is not null)))
        {
            yield return new Chart(
                "server-cpu", ChartAxis.Time, new ChartAxis("% of one core", "count") { Suffix = " %" },
                [
                    .. servers.Select((server, index) =>
                        Line(server.Endpoint, index, server.Course!, moment => moment.At, moment => moment.MainThreadShare * 100)),
                ]);
        }

        if (servers.Any(server => server.Course!.Any(moment => moment.Clients is not null)))
        {
            yield return new Chart(
                "server-clients", ChartAxis.Time, new ChartAxis("clients", "count"),
                [
                    .. servers.Select((server, index) =>
                        Line(server.Endpoint, index, server.Course!, moment => moment.At, moment => moment.Clients)),
                ]);
        }

        if (ledgers?.Kernel?.Course is { Count: > 0 } course)
        {
            if (course.Any(moment => moment.AcceptQueue is not null))
            {
                yield return new Chart("accept-queue", ChartAxis.Time, new ChartAxis("connections", "count"),
                [
                    Line("waiting to be accepted", 0, course, moment => moment.At, moment => moment.AcceptQueue),
                    .. ledgers.Kernel.Target?.AcceptQueueLimit is { } limit ? [Limit(limit, course[^1].At)] : Array.Empty<Trace>(),
                ]);
            }

            yield return new Chart("retransmits", ChartAxis.Time, new ChartAxis("segments in each reading", "count"),
                [Line("sent again", 1, course, moment => moment.At, moment => moment.Retransmits)]);
        }
    }

    private static Trace Limit(long limit, double end) => new("limit", "line", "second", [limit, limit]) { X = [0, end], Dash = "dash" };

    private static Trace Line<T>(string name, int index, IReadOnlyList<T> course, Func<T, double> at, Func<T, double?> value) => new(
        name, "line", Colours.Series[index % Colours.Series.Count], [.. course.Select(moment => SampleChart.Rounded(value(moment)))])
    {
        X = [.. course.Select(at)],
    };
}
