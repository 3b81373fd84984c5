using System.Text.Json;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Journal;

/// <summary>The result of a run without one, for example after its process was killed: made from its intervals.</summary>
internal static class InterruptedRun
{
    /// <summary>Largest <c>run.json</c> that ActorLoad writes, in bytes.</summary>
    public const long LongestHeader = 64 << 20;

    /// <summary>Makes a result from a directory, in constant memory. Throws what file operations throw.</summary>
    /// <param name="directory">Where <c>samples.jsonl</c> is.</param>
    /// <param name="header">The run; lines of other runs are skipped.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <param name="each">Gets every interval, also of a long run, whose result has merged ones.</param>
    public static RunResult Read(string directory, RunHeader header, CancellationToken stop, Action<Sample>? each = null)
    {
        var (last, log) = ReadLog(directory, header.Id, stop, each);
        var result = Assemble(header, last, log.Samples);
        return log.IntervalsInEach == 1 ? result : result with
        {
            VerdictReasons =
            [
                .. result.VerdictReasons,
                $"each sample is of {log.IntervalsInEach} intervals: its counts are exact, its percentiles the largest of those intervals",
            ],
        };
    }

    /// <summary>Reads the samples of a directory. Skips cut-off lines and lines of runs other than its header's; merges neighbours if there
    /// are too many.</summary>
    public static (RunSnapshot? Last, IReadOnlyList<Sample> Samples) ReadSamples(string directory)
    {
        var (last, log) = ReadLog(directory, IdIn(directory), CancellationToken.None);
        return (last, log.Samples);
    }

    /// <summary>Makes a result of header and samples. Connections open at the last sample count as cancelled.</summary>
    public static RunResult Assemble(RunHeader header, RunSnapshot? last, IReadOnlyList<Sample> samples)
    {
        var counts = last?.Connections ?? new ConnectionCounts(0, 0, 0, 0, 0, 0);
        var open = counts.Open;
        var outcomes = Outcomes.All.ToDictionary(
            outcome => outcome.Name(), outcome => last?.Outcomes.GetValueOrDefault(outcome.Name()) ?? 0);
        outcomes[Outcome.Cancelled.Name()] += open;
        return new RunResult
        {
            SchemaVersion = RunResult.PresentSchema,
            Run = new RunInfo(header.Id, header.StartedAt ?? header.QueuedAt, last?.ElapsedSeconds ?? 0, header.Configuration),
            Verdict = Verdict.Interrupted,
            VerdictReasons = Reasons(header, last, open),
            Target = header.Target ?? new TargetInfo([], []),
            Transport = header.Transport ?? new TransportInfo("none", 0, "the run did not begin"),
            Connections = counts with { Cancelled = counts.Cancelled + open },
            Attempts = last?.Attempts ?? 0,
            Retries = last?.Retries ?? 0,
            Outcomes = outcomes,
            AttemptFailures = last?.AttemptFailures ?? new Dictionary<string, long>(),
            Rejections = last?.Rejections ?? new Dictionary<string, long>(),
            Latency = last?.Latency ?? new Dictionary<string, LatencySummary>(),
            FailedLatency = last?.FailedLatency ?? new Dictionary<string, LatencySummary>(),
            Bursts = [],
            Samples = samples,
            Thresholds = [],
            Generator = last?.Generator ?? new GeneratorUsage(0, 0, null, 0, 0),
            Established = last?.Established ?? 0,
            Answered = last?.Answered ?? 0,
            Cut = last?.Cut ?? 0,
            Tls = last?.Tls,
            Closes = last?.Closes,
            Pool = last?.Pool,
            Endpoints = Endpoints(header.Target, last),
            Phases = Phases(last),
            Fleets = [.. (last?.Fleets ?? []).Select(fleet => fleet.Ended())],
        };
    }

    // Of a run with many phases, a snapshot has the latest ones.
    private static List<PhaseCounts> Phases(RunSnapshot? last)
    {
        var counts = last is null ? []
            : last.Phases.Count > 0 ? last.Phases
            : [new PhaseCounts(new PhaseName(last.Progress.Phase, last.Progress.Shape), 0, last)];
        return [.. counts.Select(phase => phase.Ended())];
    }

    private static List<EndpointCounts> Endpoints(TargetInfo? target, RunSnapshot? last)
    {
        var counts = last is null ? []
            : last.Endpoints.Count > 0 ? last.Endpoints
            : target is { Endpoints: [var name, ..], Addresses: [var address, ..] }
                ? [EndpointCounts.Of(new EndpointName(name, address), last)]
            : Array.Empty<EndpointCounts>();
        return [.. counts.Select(endpoint => endpoint.Cancelled())];
    }

    /// <summary>Every finished interval of a run, one at a time; without lines that are cut off, and without those of other
    /// runs.</summary>
    public static IEnumerable<RunSnapshot> Lines(string directory, string? id, CancellationToken stop)
    {
        var path = Path.Combine(directory, RunJournal.SamplesFile);
        if (!StoredFile.Exists(path))
        {
            yield break;
        }

        using var stream = StoredFile.Open(path);
        foreach (var line in JournalLines.Of(stream))
        {
            stop.ThrowIfCancellationRequested();
            if (TryParse(line.Span) is { } snapshot && (id is null || snapshot.RunId == id))
            {
                yield return snapshot;
            }
        }
    }

    private static (RunSnapshot? Last, SampleLog Log) ReadLog(
        string directory, string? id, CancellationToken stop, Action<Sample>? each = null)
    {
        RunSnapshot? last = null;
        var log = new SampleLog(MetricsActor.MaxSamples);
        foreach (var snapshot in Lines(directory, id, stop))
        {
            last = snapshot;
            log.Add(snapshot.Sample, SampleTimes.Unknown);
            each?.Invoke(snapshot.Sample);
        }

        return (last, log);
    }

    private static string[] Reasons(RunHeader header, RunSnapshot? last, long open) => (header.StartedAt, last) switch
    {
        (null, _) => [header.Error ?? "the process ended before this run began"],
        (_, null) => [$"{header.Error ?? "the process ended"}, before the first interval was over: nothing was measured"],
        _ =>
        [
            (header.Error ?? "the process ended before the run did, or could not save its result")
                + ": these are the finished intervals, without bursts and thresholds",
            .. open == 1 ? ["1 connection was open at the last of them and counts as cancelled"]
                : open > 1 ? [$"{open} connections were open at the last of them and count as cancelled"] : Array.Empty<string>(),
        ],
    };

    /// <summary>The run that owns the directory; null without a readable header.</summary>
    private static string? IdIn(string directory)
    {
        try
        {
            return RunHeader.Parse(StoredFile.ReadAll(Path.Combine(directory, RunJournal.HeaderFile), LongestHeader)).Id;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static RunSnapshot? TryParse(ReadOnlySpan<byte> line)
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
