using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>One value of each interval.</summary>
/// <param name="Trace">How it is drawn, still without values.</param>
/// <param name="Value">Reads it.</param>
internal sealed record SampleColumn(Trace Trace, Func<Sample, double?> Value)
{
    /// <summary>A level at the end of the interval, or any other number that is drawn as it is.</summary>
    public static SampleColumn Level(string name, string colour, string path, Func<Sample, double?> value) =>
        new(new Trace(name, "line", colour, []) { Live = $"sample/{path}" }, value);

    /// <summary>A count that is divided by the length of its interval.</summary>
    public static SampleColumn Rate(string name, string colour, string path, Func<Sample, double?> value) =>
        new(new Trace(name, "line", colour, []) { Live = $"sample/{path}", PerSecond = true }, value);

    /// <summary>Microseconds, drawn as milliseconds.</summary>
    public static SampleColumn Micros(string name, string colour, string path, Func<Sample, double?> value) =>
        new(new Trace(name, "line", colour, []) { Live = $"sample/{path}", Factor = 0.001 }, value);
}

/// <summary>Makes charts over time from the intervals of a run.</summary>
/// <param name="samples">The intervals.</param>
/// <param name="most">Most points of a trace.</param>
internal sealed class SampleChart(IReadOnlyList<Sample> samples, int most)
{
    /// <summary>A chart of these columns.</summary>
    public Chart Of(string id, ChartAxis y, IReadOnlyList<SampleColumn> columns, bool isStacked = false, bool isLevel = false)
    {
        var values = columns.Select(column => Values(column)).ToArray();
        var indices = Thinning.Indices(values, most);
        // The first interval begins at 0, and its values hold from there.
        var isStepped = !isLevel && indices.Length > 0;
        double[] at = [.. isStepped ? [0.0] : Array.Empty<double>(), .. indices.Select(index => Math.Round(samples[index].At, 3))];
        return new Chart(id, ChartAxis.Time, y,
            [
                .. columns.Zip(values, (column, all) => column.Trace with
                {
                    Y = [.. indices.Take(isStepped ? 1 : 0).Concat(indices).Select(index => Rounded(all[index]))],
                }),
            ])
        {
            At = at,
            Steps = !isLevel,
            Stacked = isStacked,
        };
    }

    private double?[] Values(SampleColumn column) =>
        [.. samples.Select((sample, index) => column.Value(sample) is not { } value ? (double?)null
            : column.Trace.PerSecond ? value / Math.Max(sample.At - (index == 0 ? 0 : samples[index - 1].At), 0.001)
            : value * (column.Trace.Factor == 0 ? 1 : column.Trace.Factor))];

    /// <summary>Four significant digits: more cannot be seen.</summary>
    public static double? Rounded(double? value)
    {
        if (value is not { } number || number == 0 || !double.IsFinite(number))
        {
            return value is { } any && double.IsFinite(any) ? any : null;
        }

        var digits = 3 - (int)Math.Floor(Math.Log10(Math.Abs(number)));
        return digits >= 0 ? Math.Round(number, Math.Min(digits, 15)) : Math.Round(number);
    }
}
