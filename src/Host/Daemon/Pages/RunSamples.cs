using System.Reflection;
using System.Text;

namespace ActorLoad.Hosting.Daemon.Pages;

/// <summary>A run file that ActorLoad ships.</summary>
/// <param name="Name">Its name without the ending.</param>
/// <param name="Text">All of it.</param>
public sealed record RunSample(string Name, string Text)
{
    /// <summary>The first sentence of its first comment.</summary>
    public string Summary { get; } = FirstSentence(Text);

    private static string FirstSentence(string text)
    {
        var comment = string.Join(' ', text.Split('\n').TakeWhile(line => line.StartsWith('#')).Select(line => line.TrimStart('#').Trim()));
        var end = comment.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? comment : comment[..end];
    }
}

/// <summary>The run files of hocon/, embedded in this program.</summary>
internal static class RunSamples
{
    private const string Prefix = "hocon/";
    private const string BuiltInName = "quick";

    private static readonly Lazy<IReadOnlyList<RunSample>> Read = new(() =>
    [
        .. Own.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(ReadOne),
    ]);

    private static Assembly Own => typeof(RunSamples).Assembly;

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<RunSample> All => Read.Value;

    /// <summary>The one of that name; for any other name the built-in run.</summary>
    public static RunSample Of(string name) =>
        All.FirstOrDefault(sample => sample.Name == name) ?? All.First(sample => sample.Name == BuiltInName);

    private static RunSample ReadOne(string resource)
    {
        using var reader = new StreamReader(Own.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return new RunSample(Path.GetFileNameWithoutExtension(resource), reader.ReadToEnd());
    }
}
