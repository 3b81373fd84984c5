using System.Text;
using System.Text.Json;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Journal;

/// <summary>The result of a run whose process died: what its journal holds.</summary>
internal static class InterruptedRun
{
    /// <summary>Reads the samples of a directory; lines that were cut off are left out.</summary>
    public static (RunSnapshot? Last, IReadOnlyList<Sample> Samples) ReadSamples(string directory)
    {
        RunSnapshot? last = null;
        var samples = new List<Sample>();
        var path = Path.Combine(directory, RunJournal.SamplesFile);
        if (!File.Exists(path))
        {
            return (null, samples);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var lines = new StreamReader(stream, Encoding.UTF8);
        while (lines.ReadLine() is { } line)
        {
            if (TryParse(line) is { } snapshot)
            {
                last = snapshot;
                samples.Add(snapshot.Sample);
            }
        }

        return (last, samples);
    }

    /// <summary>Makes a result of header and samples. What was open at the last sample counts as cancelled.</summary>
    public static RunResult Assemble(RunHeader header, RunSnapshot? last, IReadOnlyList<Sample> samples)
    {
        var counts = last?.Connections ?? new ConnectionCounts(0, 0, 0, 0, 0, 0);
        var open = counts.Open;
        var outcomes = Outcomes.All.ToDictionary(outcome => outcome.Name(), outcome => last?.Outcomes.GetValueOrDefault(outcome.Name()) ?? 0);
        outcomes[Outcome.Cancelled.Name()] += open;
        return new RunResult(
            RunResult.PresentSchema,
            new RunInfo(header.Id, header.StartedAt ?? header.QueuedAt, last?.ElapsedSeconds ?? 0, header.Configuration),
            Verdict.Interrupted,
            Reasons(header, last, open),
            header.Target ?? new TargetInfo([], []),
            header.Transport ?? new TransportInfo("none", 0, "the run did not begin"),
            counts with { Cancelled = counts.Cancelled + open },
            last?.Attempts ?? 0,
            last?.Retries ?? 0,
            outcomes,
            last?.AttemptFailures ?? new Dictionary<string, long>(),
            last?.Rejections ?? new Dictionary<string, long>(),
            last?.Latency ?? new Dictionary<string, LatencySummary>(),
            last?.FailedLatency ?? new Dictionary<string, LatencySummary>(),
            [],
            samples,
            [],
            last?.Generator ?? new GeneratorUsage(0, 0, null, 0, 0))
        {
            Established = last?.Established ?? 0, Answered = last?.Answered ?? 0, Cut = last?.Cut ?? 0,
            Endpoints = Endpoints(header.Target, last),
        };
    }

    private static List<EndpointCounts> Endpoints(TargetInfo? target, RunSnapshot? last)
    {
        var counts = last is null ? []
            : last.Endpoints.Count > 0 ? last.Endpoints
            : target is { Endpoints: [var name, ..], Addresses: [var address, ..] } ? [EndpointCounts.Of(new EndpointName(name, address), last)]
            : Array.Empty<EndpointCounts>();
        return [.. counts.Select(endpoint => endpoint.Cancelled())];
    }

    private static string[] Reasons(RunHeader header, RunSnapshot? last, long open) => (header.StartedAt, last) switch
    {
        (null, _) => [header.Error ?? "the process ended before this run began"],
        (_, null) => ["the process ended before the first interval was over: nothing was measured"],
        _ =>
        [
            "the process ended before the run did: these are the intervals that were finished, without bursts and thresholds",
            .. open > 0 ? [$"{open} connections were open at the last of them and count as cancelled"] : Array.Empty<string>(),
        ],
    };

    private static RunSnapshot? TryParse(string line)
    {
        try
        {
            return RunResultJson.ParseSnapshot(line);
        }
        catch (JsonException)
        {
            return null; // the line that the process was writing when it died, or when the disk was full
        }
    }
}
