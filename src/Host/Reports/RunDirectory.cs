using System.Text.Json;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;

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

    /// <summary>Reads the result alone; for a run without one, what its finished intervals tell. Throws as <see cref="Read"/>.</summary>
    public RunResult ReadResult() =>
        File.Exists(Path.Combine(path, RunJournal.ResultFile)) || !Directory.Exists(path)
            ? StoredResult.Read(path).Result : ReadUnfinished(null).Result;

    private RunView Finished()
    {
        var result = StoredResult.Read(path).Result;
        var samples = Samples(result.Run.Id);
        var isThere = samples.Length > 0;
        IReadOnlyList<Sample> shown = isThere ? samples : result.Samples;
        return new RunView(path, result, shown)
        {
            Times = Times(result.Run.Id, shown),
            Missing = isThere ? []
                : [$"{RunJournal.SamplesFile} has no line of this run: the charts show the intervals of {RunJournal.ResultFile}."],
        };
    }

    private RunView Unfinished(bool isLive)
    {
        var samples = new List<Sample>();
        var (header, result) = ReadUnfinished(samples.Add);
        return new RunView(path, result, samples)
        {
            Times = Times(header.Id, samples),
            IsLive = isLive,
            Missing = isLive ? [] : [$"There is no {RunJournal.ResultFile}: the run was killed, or it still goes on."],
        };
    }

    // Of its samples, the result keeps so many that a long run's are merged: each gets them all.
    private (RunHeader Header, RunResult Result) ReadUnfinished(Action<Sample>? each)
    {
        var file = Path.Combine(path, RunJournal.HeaderFile);
        if (!StoredFile.Exists(file))
        {
            throw Unusable(path, "", $"holds neither {RunJournal.ResultFile} nor {RunJournal.HeaderFile}", WhatToName);
        }

        try
        {
            var header = RunHeader.Parse(StoredFile.ReadAll(file, InterruptedRun.LongestHeader));
            return (header, InterruptedRun.Read(path, header, CancellationToken.None, each));
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
    private Sample[] Samples(string id) => Reading(
        RunJournal.SamplesFile, () => InterruptedRun.Lines(path, id, CancellationToken.None).Select(snapshot => snapshot.Sample).ToArray());

    private RunTimes Times(string id, IReadOnlyList<Sample> samples) =>
        Reading(RunJournal.HistogramsFile, () => RunTimes.Read(path, id, samples));

    private T Reading<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(Path.Combine(path, file), "", $"cannot be read: {exception.Message}", WhatToName);
        }
    }

    private static SettingsException Unusable(string source, string key, string problem, string remedy) =>
        new([new SettingsError(source, null, key, problem, remedy)]);
}
