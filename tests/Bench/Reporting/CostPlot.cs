using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace ActorLoad.Bench.Reporting;

/// <summary>What a connection costs each contestant, against how many are open at once.</summary>
internal static class CostPlot
{
    private static readonly IReadOnlyList<string> _script = BenchOptions.Script;

    /// <summary>The plot as SVG: medians of the storms that have the whole script.</summary>
    public static string Svg(BenchReport report)
    {
        var model = new PlotModel
        {
            Title = "Generator CPU for each connection",
            Subtitle = string.Create(CultureInfo.InvariantCulture, $"PING, GET, SET on each; medians; {report.Machine.Cores} cores; {report.Machine.Server}"),
            Background = OxyColors.White,
        };
        model.Legends.Add(new Legend { LegendPosition = LegendPosition.TopLeft });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "connections open at once", Minimum = 0, MajorGridlineStyle = LineStyle.Dot });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = "microseconds", Minimum = 0, MajorGridlineStyle = LineStyle.Dot });

        var storms = report.Storms.Where(storm => storm.Script.SequenceEqual(_script)).OrderBy(storm => storm.Burst).ToArray();
        foreach (var name in storms.SelectMany(storm => storm.Rows).Select(row => row.Contestant).Distinct())
        {
            var line = new LineSeries { Title = name, MarkerType = MarkerType.Circle };
            foreach (var storm in storms)
            {
                if (storm.Rows.FirstOrDefault(row => row.Contestant == name)?.MedianOf(round => round.CpuMicros) is { } cost)
                {
                    line.Points.Add(new DataPoint(storm.Burst, cost));
                }
            }

            model.Series.Add(line);
        }

        return new SvgExporter { Width = 720, Height = 420 }.ExportToString(model);
    }
}
