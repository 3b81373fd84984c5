using System.Text.Json;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Reports;

/// <summary>Every number of a result by its path: the path in <c>result.json</c> such as <c>ledgers.timeWait.after</c>, or a short name.
/// Numbers of thresholds have the names that they have there. Dashes and capital letters do not matter.</summary>
public sealed class ResultNumbers
{
    public const string SuccessRatio = "success-ratio";
    public const string BurstDuration = "burst-duration";
    public const string Cpu = "cpu";
    public const string PeakMemory = "peak-memory";
    public const string MemoryPerConnection = "memory-per-connection";
    public const string GcPause = "gc-pause";
    public const string Unexplained = "unexplained";
    public const string FindingCount = "findings";
    public const string Bystander = "bystander";

    // They are lists of intervals, or they are no measurements.
    private static readonly string[] Skipped = ["schemaVersion", "run", "samples", "bursts", "thresholds"];

    // What they hold goes by its own name, as in thresholds: connect.p99, failed, refused.
    private static readonly string[] Unnamed = ["connections", "outcomes", "latency"];

    private readonly Dictionary<string, (string Path, double Value)> _numbers = [];

    private ResultNumbers()
    {
    }

    /// <summary>Short names that any result may have, measured or not.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        SuccessRatio, "planned", "opened", "succeeded", "failed", "dropped", "cancelled", "attempts", "retries", "established", "answered",
        "cut", .. Outcomes.All.Select(outcome => outcome.Name()), BurstDuration, Cpu, PeakMemory, MemoryPerConnection, GcPause, Unexplained,
        FindingCount, .. Steps.All.Select(step => step.Name()).Append(Bystander).SelectMany(step =>
            LatencySummary.Statistics.Keys.Select(statistic => $"{step}.{statistic}")),
    ];

    /// <summary>Takes the numbers from a result.</summary>
    public static ResultNumbers Of(RunResult result)
    {
        var numbers = new ResultNumbers();
        using var json = JsonDocument.Parse(RunResultJson.Serialize(result));
        foreach (var member in json.RootElement.EnumerateObject().Where(member => !Skipped.Contains(member.Name)))
        {
            numbers.AddMember("", member);
        }

        numbers.AddSums(result);
        return numbers;
    }

    /// <summary>The number with that path; null if it was not measured.</summary>
    public double? Find(string path) => _numbers.TryGetValue(Plain(path), out var number) ? number.Value : null;

    /// <summary>True if a result can have a number with that path: a short name, or one that a result has.</summary>
    public static bool IsKnown(string path, IEnumerable<ResultNumbers> results) =>
        Known.Any(known => Plain(known) == Plain(path)) || results.Any(numbers => numbers._numbers.ContainsKey(Plain(path)));

    /// <summary>The known path that a user probably meant; null if none is near.</summary>
    public static string? Nearest(string path, IEnumerable<ResultNumbers> results) =>
        NearestKey.Find(path, Known.Concat(results.SelectMany(numbers => numbers._numbers.Values.Select(number => number.Path))));

    /// <summary>The median of sorted numbers; null without any.</summary>
    public static double? Median(double[] sorted) =>
        sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private void AddSums(RunResult result)
    {
        Put(SuccessRatio, result.Connections.SuccessRatio);
        Put(BurstDuration, Median([.. result.Bursts.Select(burst => burst.DurationSeconds).Order()]));
        Put(Cpu, result.Generator.CpuMicrosPerConnection);
        Put(PeakMemory, result.Generator.PeakRssBytes);
        Put(MemoryPerConnection, result.Generator.BytesPerOpenConnection);
        Put(GcPause, result.Generator.GcPauseMillis);
        Put(FindingCount, result.Findings.Count);
        foreach (var endpoint in result.Endpoints)
        {
            Put($"endpoints.{endpoint.Endpoint}.{SuccessRatio}", endpoint.Connections.SuccessRatio);
        }

        foreach (var fleet in result.Fleets)
        {
            Put($"fleets.{fleet.Name}.{SuccessRatio}", fleet.Connections.SuccessRatio);
        }

        foreach (var phase in result.Phases)
        {
            var fleet = phase.Fleet is null ? "" : $"fleets.{phase.Fleet}.";
            Put($"{fleet}phases.{phase.Name}.{SuccessRatio}", phase.Connections.SuccessRatio);
        }

        if (result.Ledgers is { } ledgers)
        {
            Put(Unexplained, ledgers.Reconciliation.Sum(row => row.Unexplained));
            Put("server.rejected", Sum(ledgers.Servers.Select(server => (double?)server.ConnectionsRejected)));
            Put("server.errors", Sum(ledgers.Servers.Select(server => (double?)server.ErrorReplies)));
            Put("server.cpuSeconds", Sum(ledgers.Servers.Select(server => server.MainThreadCpuSeconds)));
            foreach (var (name, count) in ledgers.Kernel?.Counters ?? new Dictionary<string, Observers.Kernel.KernelCount>())
            {
                Put($"kernel.{name}", count.Delta);
            }
        }
    }

    private void AddMember(string prefix, JsonProperty member)
    {
        if (prefix.Length == 0 && member.Name == "endpoints")
        {
            foreach (var endpoint in member.Value.EnumerateArray())
            {
                Add($"endpoints.{endpoint.GetProperty("endpoint").GetString()}.", endpoint);
            }
        }
        else if (prefix.Length == 0 && member.Name is "phases" or "fleets")
        {
            foreach (var part in member.Value.EnumerateArray())
            {
                var fleet = part.TryGetProperty("fleet", out var name) ? $"fleets.{name.GetString()}." : "";
                Add($"{fleet}{member.Name}.{part.GetProperty("name").GetString()}.", part);
            }
        }
        else if (Unnamed.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.Object)
        {
            Add(prefix, member.Value);
        }
        else if (prefix == "ledgers." && member.Name == Bystander && member.Value.ValueKind == JsonValueKind.Object)
        {
            Add($"{Bystander}.", member.Value.GetProperty("during"));
        }

        Add($"{prefix}{member.Name}.", member.Value);
    }

    // A prefix ends with its point.
    private void Add(string prefix, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Number:
                Put(prefix[..^1], element.GetDouble());
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    AddMember(prefix, member);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in element.EnumerateArray().Index())
                {
                    Add($"{prefix}{index}.", item);
                }

                break;
        }
    }

    private void Put(string path, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            _numbers[Plain(path)] = (path, number);
        }
    }

    // What no server told is no sum.
    private static double? Sum(IEnumerable<double?> numbers) => numbers.Any(number => number is not null) ? numbers.Sum() : null;

    private static string Plain(string path) => path.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
