namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>The characters of bars: blocks, or ASCII for a terminal whose locale has no UTF-8.</summary>
/// <param name="isUnicode">True for blocks.</param>
internal sealed class LiveGlyphs(bool isUnicode)
{
    private const string Columns = " ▁▂▃▄▅▆▇█";
    private const string Parts = "▏▎▍▌▋▊▉";
    private const string AsciiColumns = " .:-=+*#@";

    // The first one that is set counts.
    private static readonly string[] _variables = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>Of this process's locale. Without one, as in many containers, the terminal is taken for a modern one.</summary>
    public static LiveGlyphs Present => new(IsUnicode(Environment.GetEnvironmentVariable));

    /// <summary>Full and empty part of a gauge.</summary>
    public (char Full, char Empty) Gauge => isUnicode ? ('━', '─') : ('#', '.');

    /// <summary>A row of columns.</summary>
    /// <param name="values">From left to right, at least 0. Any above 0 is visible.</param>
    /// <param name="most">The value of a full column.</param>
    public string Chart(IEnumerable<double> values, double most)
    {
        var columns = isUnicode ? Columns : AsciiColumns;
        var full = columns.Length - 1;
        return new string([.. values
            .Select(value => columns[value <= 0 || most <= 0 ? 0 : Math.Clamp((int)Math.Round(value / most * full), 1, full)])]);
    }

    /// <summary>A bar of at most <paramref name="cells"/> cells; any value above 0 is visible.</summary>
    public string Bar(double value, double most, int cells)
    {
        var length = value <= 0 || most <= 0 ? 0 : Math.Min(value / most, 1) * cells;
        if (!isUnicode)
        {
            return new string('#', (int)Math.Ceiling(length));
        }

        var (whole, eighths) = ((int)length, (int)Math.Round((length - Math.Floor(length)) * Parts.Length));
        return new string('█', whole) + (eighths > 0 ? Parts[eighths - 1] : length > 0 && whole == 0 ? Parts[0] : "");
    }

    /// <summary>True if the locale has UTF-8, or if there is none.</summary>
    internal static bool IsUnicode(Func<string, string?> variable)
    {
        const string Unknown = "UTF-8";
        var locale = _variables.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? Unknown;
        return locale.Replace("-", "", StringComparison.Ordinal).EndsWith("UTF8", StringComparison.OrdinalIgnoreCase)
            || locale.Contains("UTF-8@", StringComparison.OrdinalIgnoreCase);
    }
}
