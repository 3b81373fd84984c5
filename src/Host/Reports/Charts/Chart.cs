using System.Text.Json.Serialization;

namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>A chart as <c>charts.js</c> draws it. Its title and words are in the markup, in a <c>ChartFigure</c> of the same id.</summary>
/// <param name="Id">Name of the figure, such as <c>endings</c>.</param>
/// <param name="X">The horizontal axis. All charts with the unit <c>seconds</c> zoom together.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Traces">What is drawn.</param>
public sealed record Chart(string Id, ChartAxis X, ChartAxis Y, IReadOnlyList<Trace> Traces)
{
    /// <summary>The places on the horizontal axis of all traces without places of their own.</summary>
    public double[] At { get; init; } = [];

    /// <summary>True if a value holds for the interval that ends at its place.</summary>
    public bool Steps { get; init; }

    /// <summary>True if traces stand on each other.</summary>
    public bool Stacked { get; init; }

    /// <summary>The group of traces that is shown first; null without groups.</summary>
    public string? Choice { get; init; }

    /// <summary>Vertical lines with names.</summary>
    public IReadOnlyList<ChartLine>? Lines { get; init; }

    /// <summary>Coloured parts of the horizontal axis.</summary>
    public IReadOnlyList<ChartBand>? Bands { get; init; }

    /// <summary>Which points the pointer shows, in Plotly's words; null for the usual ones.</summary>
    public string? Hover { get; init; }
}

/// <summary>An axis.</summary>
/// <param name="Label">What stands beside it, with the unit.</param>
/// <param name="Unit"><c>seconds</c>, <c>ms</c>, <c>perSecond</c>, <c>count</c>, <c>percentile</c> or <c>moments</c> (seconds, but not of
/// the run alone).</param>
/// <param name="Log">True for a logarithmic scale.</param>
public sealed record ChartAxis(string Label, string Unit, bool Log = false)
{
    /// <summary>Time since the start of the run.</summary>
    public static ChartAxis Time { get; } = new("seconds since the start of the run", "seconds");

    /// <summary>Marks of its own; null for the usual ones.</summary>
    public IReadOnlyList<ChartLine>? Ticks { get; init; }

    /// <summary>What follows a value that the pointer shows, such as <c> ms</c>.</summary>
    public string? Suffix { get; init; }
}

/// <summary>One line, area or set of bars.</summary>
/// <param name="Name">As in the legend.</param>
/// <param name="Kind"><c>line</c>, <c>area</c>, <c>fill</c> down to the axis, <c>bars</c>, or <c>ticks</c> below the axis.</param>
/// <param name="Colour">Name of a colour in <c>report.css</c>.</param>
/// <param name="Y">The values; null leaves a gap.</param>
public sealed record Trace(string Name, string Kind, string Colour, double?[] Y)
{
    /// <summary>Its own places; null for those of the chart.</summary>
    public double[]? X { get; init; }

    /// <summary>A text for each value, in place of the number.</summary>
    public string[]? Text { get; init; }

    /// <summary>The width of each bar, in the unit of the axis; its place is the middle.</summary>
    public double[]? Widths { get; init; }

    /// <summary>The group that it is shown with; null for always.</summary>
    public string? Group { get; init; }

    /// <summary>True if it is drawn only after a click in the legend.</summary>
    public bool Hidden { get; init; }

    /// <summary>A pattern over its area, for the second outcome of a colour.</summary>
    public string? Pattern { get; init; }

    /// <summary><c>dash</c> or <c>dot</c>; null for a full line.</summary>
    public string? Dash { get; init; }

    /// <summary>Where a line of <c>samples.jsonl</c> has its value, such as <c>sample/outcomes/refused</c>; null if nothing is
    /// added.</summary>
    public string? Live { get; init; }

    /// <summary>True if that value is to be divided by the length of its interval.</summary>
    public bool PerSecond { get; init; }

    /// <summary>What else it is multiplied with; 0 for 1.</summary>
    public double Factor { get; init; }
}

/// <summary>A vertical line, or a mark of an axis.</summary>
/// <param name="At">Its place.</param>
/// <param name="Label">Its name; null for none.</param>
public sealed record ChartLine(double At, string? Label)
{
    /// <summary>How many names stand above its name.</summary>
    public int Row { get; init; }

    /// <summary>Name of its colour; null for a quiet one.</summary>
    public string? Colour { get; init; }
}

/// <summary>A coloured part of the horizontal axis.</summary>
public sealed record ChartBand(double From, double To, string Colour);

/// <summary>All charts of a page.</summary>
/// <param name="At">Seconds of the last sample in them.</param>
/// <param name="Charts">The charts.</param>
public sealed record ChartDocument(double At, IReadOnlyList<Chart> Charts)
{
    /// <summary>As JSON that may stand in a script element: <c>&lt;</c> is escaped.</summary>
    public string ToJson() => System.Text.Json.JsonSerializer.Serialize(this, ChartJsonContext.Default.ChartDocument);
}

/// <summary>Generated at build time. The default encoder escapes everything that means something to HTML.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ChartDocument))]
internal sealed partial class ChartJsonContext : JsonSerializerContext;
