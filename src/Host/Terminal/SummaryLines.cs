using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Lines that the short summary and the details share.</summary>
internal static class SummaryLines
{
    /// <summary>The sums of connections and of attempts.</summary>
    public static string[] Sums(RunResult result)
    {
        var counts = result.Connections;
        return
        [
            $"{Figures.Count(counts.Planned)} planned = {Figures.Count(counts.Succeeded)} succeeded + "
                + $"{Figures.Count(counts.Failed)} failed + {Figures.Count(counts.Cancelled)} cancelled + "
                + $"{Figures.Count(counts.Dropped)} dropped",
            $"{Figures.Count(result.Attempts)} attempts = {Figures.Count(counts.Opened)} opened + {Figures.Count(result.Retries)} retries",
            .. counts.Reused is { } reused && result.Pool is { } pool
                ?
                [
                    $"{Figures.Count(counts.Uses)} uses = {Figures.Count(counts.Opened)} opened + {Figures.Count(reused)} reused; "
                        + Pool(pool),
                ]
                : Array.Empty<string>(),
        ];
    }

    /// <summary>Target, duration and transport; the run's name last.</summary>
    /// <param name="result">The run.</param>
    /// <param name="room">Cells for all of it. Many endpoints are shown as their number.</param>
    public static string Run(RunResult result, int room)
    {
        var rest = $", {Figures.Seconds(result.Run.DurationSeconds)}, transport {result.Transport.Kind}, run {result.Run.Id}";
        var endpoints = string.Join(", ", result.Target.Endpoints);
        var addresses = string.Join(", ", result.Target.Addresses);
        string[] forms =
        [
            $"{endpoints}{(addresses == endpoints ? "" : $" ({addresses})")}", endpoints, addresses,
            $"{result.Target.Endpoints.Count} endpoints",
        ];
        var fitting = result.Target.Endpoints.Count == 0 ? "no target"
            : forms.FirstOrDefault(form => form.Length > 0 && PageLine.Cells(form + rest) <= room) ?? forms[^1];
        return fitting + rest;
    }

    private static string Pool(PoolCounts pool) => string.Join(", ",
    [
        $"{Figures.Count(pool.Replaced)} replaced", $"pool closed: {(pool.Closed.Count == 0 ? "none" : Listed(pool.Closed))}",
        .. pool.CloseMillis is { } millis ? [$"the rest within {Figures.Millis((long)(millis * 1000))} ms"] : Array.Empty<string>(),
    ]);

    /// <summary>Head of the ends of closes.</summary>
    public const string Closes = "Closes that waited for the server";

    /// <summary>Counts by name, the largest first: <c>refused 1,200, reset 3</c>.</summary>
    public static string Listed(IEnumerable<KeyValuePair<string, long>> counts) => string.Join(", ", counts
        .Where(pair => pair.Value > 0).OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {Figures.Count(pair.Value)}"));

    /// <summary>The existing files of a run; some are missing if the disk was full.</summary>
    public static string Files(string directory)
    {
        string[] written =
            [.. new[] { RunJournal.HeaderFile, RunJournal.SamplesFile, RunJournal.HistogramsFile, RunJournal.ResultFile }
                .Where(file => File.Exists(Path.Combine(directory, file)))];
        return $"Files: {directory} ({(written.Length > 0 ? string.Join(", ", written) : "none could be written")})";
    }
}
