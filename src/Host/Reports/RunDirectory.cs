using System.Text.Json;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>A directory of results, for reading. Every error names the file and what to do.</summary>
/// <param name="path">The directory, or the <c>result.json</c> in it.</param>
internal sealed class RunDirectory(string path)
{
    private const string WhatToName = "name the directory that --out wrote";

    /// <summary>Reads the run. Throws <see cref="SettingsException"/>.</summary>
    public RunView Read(bool isLive)
    {
        if (!Directory.Exists(path))
        {
            var result = StoredResult.Read(path).Result;
            return new RunView(path, result, result.Samples)
            {
                Times = RunTimes.Read(null, result.Run.Id, result.Samples),
                Missing = ["There is only this file: its directory was not named."],
            };
        }

        return !isLive && File.Exists(Path.Combine(path, RunJournal.ResultFile)) ? Finished() : Unfinished(isLive);
    }

    private RunView Finished()
    {
        var result = StoredResult.Read(path).Result;
        var samples = Samples(result.Run.Id);
        var isThere = samples.Count > 0;
        var shown = isThere ? samples : result.Samples;
        return new RunView(path, result, shown)
        {
            Times = RunTimes.Read(path, result.Run.Id, shown),
            Missing = isThere ? []
                : [$"{RunJournal.SamplesFile} has no line of this run: the charts show the intervals of {RunJournal.ResultFile}."],
        };
    }

    private RunView Unfinished(bool isLive)
    {
        var file = Path.Combine(path, RunJournal.HeaderFile);
        if (!StoredFile.Exists(file))
        {
            throw Unusable(path, "", $"holds neither {RunJournal.ResultFile} nor {RunJournal.HeaderFile}", WhatToName);
        }

        try
        {
            var header = RunHeader.Parse(StoredFile.ReadAll(file, InterruptedRun.LongestHeader));
            var result = InterruptedRun.Read(path, header, CancellationToken.None);
            var samples = Samples(header.Id);
            return new RunView(path, result, samples)
            {
                Times = RunTimes.Read(path, header.Id, samples),
                IsLive = isLive,
                Missing = isLive ? [] : [$"There is no {RunJournal.ResultFile}: the run was killed, or it still goes on."],
            };
        }
        catch (JsonException)
        {
            throw Unusable(file, "", "is not the header of a run: it is half-written, damaged or foreign", WhatToName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(file, "", $"cannot be read: {exception.Message}", WhatToName);
        }
    }

    // All of them, because merged intervals would hide the peaks of a long run.
    private IReadOnlyList<Sample> Samples(string id)
    {
        try
        {
            return [.. InterruptedRun.Lines(path, id, CancellationToken.None).Select(snapshot => snapshot.Sample)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(Path.Combine(path, RunJournal.SamplesFile), "", $"cannot be read: {exception.Message}", WhatToName);
        }
    }

    private static SettingsException Unusable(string source, string key, string problem, string remedy) =>
        new([new SettingsError(source, null, key, problem, remedy)]);
}
