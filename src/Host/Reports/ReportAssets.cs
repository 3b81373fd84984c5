using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace ActorLoad.Hosting.Reports;

/// <summary>What a report or page is drawn with: embedded in this assembly, read when it is used.</summary>
internal static class ReportAssets
{
    /// <summary>Plotly's basic charts, under the MIT licence that stands in it.</summary>
    public static Asset Plotly { get; } = new("plotly.js", "text/javascript");

    /// <summary>Our script, which draws the charts.</summary>
    public static Asset Script { get; } = new("charts.js", "text/javascript");

    /// <summary>Our style sheet.</summary>
    public static Asset Styles { get; } = new("report.css", "text/css");

    /// <summary>The version of this program.</summary>
    public static string Version { get; } = typeof(ReportAssets).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}

/// <summary>One embedded text file.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">Its media type.</param>
internal sealed class Asset(string name, string type)
{
    private readonly Lazy<string> _text = new(() => Read(name));

    /// <summary>Its file name.</summary>
    public string Name => name;

    /// <summary>Its media type.</summary>
    public string Type => type;

    /// <summary>All of it, with the line ends that a browser sees.</summary>
    public string Text => _text.Value;

    /// <summary>Its source in a Content-Security-Policy: <c>'sha256-...'</c>.</summary>
    public string Hash => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))}'";

    private static string Read(string name)
    {
        using var stream = typeof(Asset).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
