using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration.Thresholds;

/// <summary>A path to a number of the result, such as <c>endpoints."10.0.0.1:6379".connect.p99</c>. A name with points stands in
/// quotes.</summary>
/// <param name="Names">The names on the way.</param>
internal sealed record MetricPath(IReadOnlyList<string> Names)
{
    private const string Plain = "-_:/[]";

    /// <summary>Reads a path up to an operator.</summary>
    /// <param name="text">A threshold, from its beginning.</param>
    /// <param name="path">The path; null if a quote is not closed.</param>
    /// <param name="length">Where the path ends.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out MetricPath? path, out int length)
    {
        var names = new List<string>();
        var name = new StringBuilder();
        var isQuoted = false;
        (path, length) = (null, 0);
        for (; length < text.Length && !"<>=".Contains(text[length], StringComparison.Ordinal); length++)
        {
            switch (text[length])
            {
                case '.':
                    End();
                    break;
                case '"' or '\'' when name.ToString().Trim().Length == 0 && !isQuoted:
                    if (!TryReadQuoted(text, ref length, name.Clear()))
                    {
                        return false;
                    }

                    isQuoted = true;
                    break;
                case ' ' or '\t' when isQuoted:
                    break; // between the quote and the operator
                default:
                    name.Append(text[length]);
                    break;
            }
        }

        End();
        path = new MetricPath(names);
        return true;

        void End()
        {
            names.Add(isQuoted ? name.ToString() : name.ToString().Trim());
            name.Clear();
            isQuoted = false;
        }
    }

    /// <summary>The metric at this path; null if there is none.</summary>
    /// <param name="root">Where the path begins.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="problem">Why there is none: the nearest path, or the names that are known at the place where the way ends.</param>
    public bool TryFind(MetricPlace root, [NotNullWhen(true)] out Metric? metric, out string problem)
    {
        (metric, problem) = (null, "");
        var (place, meant) = (root, new List<string>());
        foreach (var name in Names)
        {
            if (place.Find(name) is { } exact)
            {
                (place, meant) = (exact, [.. meant, name]);
            }
            else if (place.IsOpen && IPEndPoint.TryParse(name, out var address) && address.Port > 0)
            {
                (place, meant) = (RunPlaces.Endpoint(name), [.. meant, name]);
            }
            else if (NearestKey.Find(name, place.Below.Keys) is { } near)
            {
                (place, meant) = (place.Find(near)!, [.. meant, near]);
            }
            else
            {
                problem = place.Missing ?? Known(place, meant);
                return false;
            }
        }

        if (place.Metric is null)
        {
            problem = place.Missing ?? Known(place, meant);
            return false;
        }

        if (!meant.SequenceEqual(Names))
        {
            problem = $"did you mean {new MetricPath(meant)}?";
            return false;
        }

        metric = place.Metric;
        return true;
    }

    /// <summary>The path as it is written in a threshold.</summary>
    public override string ToString() => string.Join('.', Names.Select(Show));

    private static string Known(MetricPlace place, List<string> way)
    {
        const int Most = 20;
        if (way.Count == 0)
        {
            // Those with more below them come first: the line of an error may be cut.
            var all = place.Below.Keys.OrderByDescending(name => place.Find(name)!.Below.Count > 0);
            return $"known are {string.Join(", ", all.Select(Show))}";
        }

        var names = string.Join(", ", place.Below.Keys.Take(Most).Select(Show)) + (place.Below.Count > Most ? ", ..." : "");
        return place.Below.Count == 0 ? $"{new MetricPath(way)} is a number, with nothing below it"
            : $"known below {new MetricPath(way)} are {names}";
    }

    private static string Show(string name) =>
        name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || Plain.Contains(letter)) ? name
        : $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // At the end `at` is at the closing quote.
    private static bool TryReadQuoted(string text, ref int at, StringBuilder name)
    {
        var quote = text[at++];
        for (; at < text.Length && text[at] != quote; at++)
        {
            at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            name.Append(text[at]);
        }

        return at < text.Length;
    }
}
