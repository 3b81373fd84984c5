using System.Text;
using System.Text.Json;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Reports;

/// <summary>A result that is compared.</summary>
/// <param name="Source">Its directory or file as the user named it; <c>this run</c> for a run that has just ended.</param>
/// <param name="Result">The result.</param>
/// <param name="Numbers">Its numbers.</param>
public sealed record StoredResult(string Source, RunResult Result, ResultNumbers Numbers)
{
    private const long Longest = 256 << 20;
    private const string Again = "run it again, or copy the file again";
    private const string WhatToName = "name the directory that --out wrote, or the result.json in it";

    /// <summary>A verdict by its name in results.</summary>
    public static string Name(Verdict verdict) => verdict.Word();

    /// <summary>The result of a run that has just ended.</summary>
    public static StoredResult Of(string source, RunResult result) => new(source, result, ResultNumbers.Of(result));

    /// <summary>Reads each directory or file. Adds an error that names the file for each one that cannot be compared.</summary>
    public static IReadOnlyList<StoredResult> ReadAll(IEnumerable<string> paths, List<SettingsError> errors)
    {
        var results = new List<StoredResult>();
        foreach (var path in paths)
        {
            try
            {
                results.Add(Read(path));
            }
            catch (SettingsException exception)
            {
                errors.AddRange(exception.Errors);
            }
        }

        return results;
    }

    /// <summary>Reads a directory or file. Throws <see cref="SettingsException"/> with an error that names the file.</summary>
    public static StoredResult Read(string path)
    {
        var isDirectory = Directory.Exists(path);
        var file = isDirectory ? Path.Combine(path, RunJournal.ResultFile) : path;
        if (!Path.Exists(file))
        {
            throw isDirectory && File.Exists(Path.Combine(path, RunJournal.HeaderFile))
                ? Unusable(
                    path, "", "has no result.json: its run still goes on, or its process was killed", "wait for its end, or run it again")
                : Unusable(path, "", isDirectory ? "holds no result.json" : "no such file or directory", WhatToName);
        }

        try
        {
            var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
            var json = StoredFile.ReadAll(target, Longest);
            CheckSchema(file, json);
            return Of(path, Parse(file, json));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, "", $"cannot be read: {exception.Message}", WhatToName);
        }
    }

    private static void CheckSchema(string file, byte[] json)
    {
        using var document = Whole(file, json);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("schemaVersion", out var version) || version.ValueKind != JsonValueKind.Number)
        {
            throw Unusable(file, "schemaVersion", "is missing, so this is not a result", WhatToName);
        }

        if (!version.TryGetInt32(out var number) || number != RunResult.PresentSchema)
        {
            throw Unusable(
                file, "schemaVersion", $"is {version.GetRawText()}, and this ActorLoad reads {RunResult.PresentSchema}",
                "make both runs with one version of ActorLoad");
        }
    }

    private static JsonDocument Whole(string file, byte[] json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException exception)
        {
            throw Unusable(file, "", "is not whole: it is half-written or damaged", Again, (int?)exception.LineNumber + 1);
        }
    }

    private static RunResult Parse(string file, byte[] json)
    {
        try
        {
            var result = RunResultJson.Parse(Encoding.UTF8.GetString(json));
            result.Run.Configuration.ToJsonString(); // parsed only on demand, and may hold half a character
            return result;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw Unusable(file, "run.configuration", "is damaged", Again);
        }
        catch (JsonException exception)
        {
            throw exception.Path is { Length: > 2 } key
                ? Unusable(file, key[2..], "is missing, or not what a result holds there", Again)
                : Unusable(file, "", "lacks a part that every result has", Again);
        }
    }

    private static SettingsException Unusable(string source, string key, string problem, string remedy, int? line = null) =>
        new([new SettingsError(source, line, key, problem, remedy)]);
}
