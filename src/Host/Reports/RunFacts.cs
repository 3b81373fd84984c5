using System.Globalization;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>The circumstances of a run.</summary>
internal static class RunFacts
{
    private const int MostNames = 6;

    /// <summary>Names and values: seed, versions, kernel, transport and the generator's own use.</summary>
    public static IEnumerable<(string Name, string Value)> Of(RunView run)
    {
        var (result, ledgers) = (run.Result, run.Result.Ledgers);
        yield return ("seed", result.Run.Configuration["seed"]?.ToString() ?? "not known");
        yield return ("report by ActorLoad", ReportAssets.Version);
        yield return ("schema of the result", result.SchemaVersion.ToString(CultureInfo.InvariantCulture));
        yield return ("kernel", ledgers?.Kernel?.Settings.GetValueOrDefault("kernel.osrelease") ?? "not known");
        foreach (var server in (ledgers?.Servers ?? []).Take(MostNames))
        {
            yield return ($"server {server.Endpoint}", $"{server.Kind} {server.Version}");
        }

        yield return ("transport", $"{result.Transport.Kind}, {((long)result.Transport.Loops).Of("loop")}: {result.Transport.Reason}");
        yield return ("addresses", Listed(result.Target.Addresses));
        yield return ("own CPU for each connection", $"{Figures.Tenths(result.Generator.CpuMicrosPerConnection)} µs");
        yield return ("own memory at most", Figures.Bytes(result.Generator.PeakRssBytes));
        yield return ("own garbage collection", $"{Figures.Tenths(result.Generator.GcPauseMillis)} ms");
    }

    /// <summary>The line that repeats the run.</summary>
    public static string Again(RunView run)
    {
        var isDirectory = Directory.Exists(run.Source);
        var file = isDirectory ? Path.Combine(run.Source, Journal.RunJournal.HeaderFile) : run.Source;
        var configuration = $"{(isDirectory ? "" : ".run")}.configuration";
        return $"jq '{{actorload: {configuration}}}' {Quoted(file)} >again.conf && actorload run again.conf --out again";
    }

    /// <summary>The merged configuration, at most so many characters of it.</summary>
    public static string Configuration(RunView run, int most)
    {
        var text = Text(run);
        return text.Length <= most ? text : text[..most] + "\n...";
    }

    /// <summary>True if that is not all.</summary>
    public static bool IsCut(RunView run, int most) => Text(run).Length > most;

    private static string Text(RunView run) => ReportJson.Text(run.Result.Run.Configuration);

    private static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");

    private static string Quoted(string path) =>
        path.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '.' or '-' or '_') ? path
            : $"'{ForeignText.Shown(path).Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
