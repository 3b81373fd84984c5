using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Load;

namespace ActorLoad.Configuration;

/// <summary>Reads the due times of <c>shape = replay</c> from a CSV file or from lines of JSON objects.</summary>
internal static class ReplayFiles
{
    /// <summary>Most connections of one file; each takes 8 bytes.</summary>
    public const int MostTimes = 10_000_000;

    // Far beyond any clock, and within a decimal's range.
    private const decimal LongestTime = 1_000_000_000_000_000m;

    // Columns and fields that hold a time, the first that is there.
    private static readonly string[] Names = ["at", "time", "timestamp", "ts"];

    /// <summary>The arrivals in a file that <paramref name="origin"/> names; else the problem and what is allowed.</summary>
    public static (ReplayArrivals? Arrivals, string Problem, string Allowed) Read(NamedFiles files, HoconOrigin origin, string file) =>
        files.Read(origin, file, (path, stream) =>
        {
            using var text = new StreamReader(stream, Encoding.UTF8);
            var (ticks, problem) = Parse(text);
            return problem is null ? (new ReplayArrivals(file, ticks), "", "")
                : ((ReplayArrivals?)null, $"{path}: {problem}",
                    "lines with a time, sorted: seconds such as 1.25, or 2026-11-27T10:15:00.250Z");
        });

    private static (ImmutableArray<long> Ticks, string? Problem) Parse(StreamReader text)
    {
        var ticks = ImmutableArray.CreateBuilder<long>();
        var (number, column, first) = (0, 0, 0m);
        while (text.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (number == 1 && Header(line) is { } named)
            {
                column = named;
                continue;
            }

            if (Seconds(line, column) is not { } seconds)
            {
                return ([], $"line {number} has no time: {ShownText.Quote(line.Length > 60 ? line[..60] : line)}");
            }

            first = ticks.Count == 0 ? seconds : first;
            var due = (seconds - first) * TimeSpan.TicksPerSecond;
            if (ticks.Count > 0 && due < ticks[^1])
            {
                return ([], $"line {number} is earlier than the line before: not sorted");
            }

            if (ticks.Count == MostTimes || due > TimeSpan.FromDays(30).Ticks)
            {
                return ([], ticks.Count == MostTimes
                    ? $"more than {MostTimes} times" : $"line {number} is more than 30 days after the first");
            }

            ticks.Add((long)due);
        }

        return ticks.Count == 0 ? ([], "no times") : (ticks.ToImmutable(), null);
    }

    // The column of a time in a first line without one.
    private static int? Header(string line)
    {
        if (line.TrimStart().StartsWith('{') || Seconds(line, 0) is not null)
        {
            return null;
        }

        var columns = line.Split(',').Select(name => name.Trim().Trim('"').ToLowerInvariant()).ToArray();
        var found = Names.Select(name => Array.IndexOf(columns, name)).FirstOrDefault(index => index >= 0, -1);
        return found >= 0 ? found : null;
    }

    private static decimal? Seconds(string line, int column)
    {
        if (!line.TrimStart().StartsWith('{'))
        {
            var cells = line.Split(',');
            return column < cells.Length ? Seconds(cells[column].Trim().Trim('"')) : null;
        }

        try
        {
            using var json = JsonDocument.Parse(line);
            return Names.Select(name => json.RootElement.TryGetProperty(name, out var value) ? value : default)
                .FirstOrDefault(value => value.ValueKind != JsonValueKind.Undefined) switch
            {
                { ValueKind: JsonValueKind.Number } value => Seconds(value.GetRawText()),
                { ValueKind: JsonValueKind.String } value => Seconds(value.GetString()!),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null; // the caller names the line
        }
    }

    private static decimal? Seconds(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? Math.Abs(seconds) < LongestTime ? seconds : null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? (decimal)at.UtcTicks / TimeSpan.TicksPerSecond : null;
}
