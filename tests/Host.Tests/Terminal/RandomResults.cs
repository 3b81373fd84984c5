using ActorLoad.Configuration.Thresholds;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Tests.Terminal;

/// <summary>Results of runs that were never carried out, in as many shapes as there are: from nothing at all to everything at once.</summary>
internal sealed class RandomResults(int seed)
{
    private static readonly string[] _steps = ["start-lag", "connect", "first-reply", "script", "total", "recovery", "loop-lag"];
    private static readonly string[] _words = ["the", "server", "kernel", "dropped", "1,234,567", "SYNs", "\u001b[31m", "größer", "接続", "long-word-that-has-no-end-" + new string('x', 90), "4.2", "s"];

    private readonly Random _random = new(seed);

    public RunResult Next()
    {
        var counts = Counts(_random.Next(8) == 0 ? 0 : _random.NextInt64(1, Pick(10, 100_000, 4_000_000_000)));
        var endpoints = _random.Next(1, Pick(2, 3, 64));
        string[] names = [.. Enumerable.Range(0, endpoints).Select(index => Chance() ? $"10.0.{index}.1:6379" : $"node-{index}.{new string('n', _random.Next(1, 80))}.example:6379")];
        return new RunResult
        {
            SchemaVersion = RunResult.PresentSchema,
            Run = new RunInfo("20261122-225935-4f2a9c", DateTimeOffset.UnixEpoch, _random.NextDouble() * 100_000, []),
            Verdict = Enum.GetValues<Verdict>()[_random.Next(4)],
            VerdictReasons = Texts(6),
            Target = new TargetInfo(_random.Next(9) == 0 ? [] : names, names),
            Transport = new TransportInfo("io-uring", 4, "auto"),
            Connections = counts,
            Attempts = counts.Opened,
            Retries = _random.NextInt64(0, 3) * counts.Failed,
            Outcomes = Outcomes(),
            AttemptFailures = Outcomes(),
            Rejections = Chance() ? new Dictionary<string, long>() : Enumerable.Range(0, Pick(1, 20, 20)).ToDictionary(index => $"ERR{index} {Text(4)}", _ => Number()),
            Latency = Latencies(),
            FailedLatency = Latencies(),
            Bursts = [],
            Samples = [],
            Thresholds = [.. Enumerable.Range(0, Pick(0, 1, 40)).Select(index => Threshold(index))],
            Passed = Chance(),
            Generator = new GeneratorUsage(1, Number(), null, 3, Number()),
            Endpoints = [.. names.Select(Endpoint)],
            Findings = [.. Enumerable.Range(0, Pick(0, 1, 18)).Select(Finding)],
            Ledgers = Chance() ? null : Ledgers(),
            Phases = [.. Enumerable.Range(0, Pick(1, 3, 40)).Select(_ => Phase())],
        };
    }

    private ConnectionCounts Counts(long planned)
    {
        var succeeded = Part(planned);
        var failed = Part(planned - succeeded);
        var cancelled = Part(planned - succeeded - failed);
        var dropped = planned - succeeded - failed - cancelled;
        return new ConnectionCounts(planned, planned - dropped, succeeded, failed, dropped, cancelled);
    }

    private EndpointCounts Endpoint(string name) => new(
        name, name, Counts(Number()), Number(), Number(), Number(), Outcomes(), Outcomes(), new Dictionary<string, long>(), Latencies(), Latencies())
    {
        GivenUp = Chance() ? null : Text(30),
    };

    private PhaseCounts Phase() => new()
    {
        Name = Text(Pick(1, 3, 8)),
        Shape = Chance() ? "bursts" : "pause",
        Connections = Counts(Number()),
        Attempts = Number(),
        Retries = Number(),
        Established = Number(),
        Outcomes = Outcomes(),
        AttemptFailures = Outcomes(),
        Rejections = new Dictionary<string, long>(),
        Latency = Latencies(),
        FailedLatency = Latencies(),
    };

    private ThresholdResult Threshold(int index)
    {
        var (metric, limit) = (Chance() ? $"total.p{index}" : $"endpoints.\"{Text(20)}\".total.p99", $"<= {Number()}{new string('0', Pick(0, 1, 40))}ms");
        return new ThresholdResult($"{metric} {limit}", Chance() ? null : _random.NextDouble() * 1e9, Chance(), Chance() ? null : Text(20))
        {
            Metric = Chance() ? null : metric,
            Limit = Chance() ? null : limit,
            Unit = Chance() ? null : Enum.GetValues<MetricUnit>()[_random.Next(5)],
        };
    }

    private Finding Finding(int index) => new(
        $"rule-{index}", Enum.GetValues<Severity>()[_random.Next(3)], Text(Pick(5, 30, 150)), new Dictionary<string, double>(),
        [.. Enumerable.Range(0, _random.Next(4)).Select(_ => new Remedy(Text(2), Chance() ? null : "511", Text(3), Enum.GetValues<RemedyHost>()[_random.Next(3)], Text(Pick(3, 8, 40))))]);

    private Ledgers Ledgers() => new(
        null!, [], null,
        Chance() ? null : new BystanderLedger(2, 20, Latency(), Latency(), null, Number(), null, Text(20), new Dictionary<string, long>(), Number(), null),
        [.. Enumerable.Range(0, _random.Next(9)).Select(index => new ReconciledQuantity($"quantity {index}", 1, 2, 3, Chance() ? 0 : Number(), Text(20)))],
        new TimeWaitProof(new[] { "pass", "fail", "unseen" }[_random.Next(3)], Text(20), 1, 1, 0, 0, 0), Texts(5));

    private Dictionary<string, long> Outcomes() =>
        ActorLoad.Metrics.Outcomes.All.ToDictionary(outcome => outcome.Name(), _ => Chance() ? 0 : Number());

    private Dictionary<string, LatencySummary> Latencies() => _steps.Where(_ => Chance()).ToDictionary(step => step, _ => Latency());

    private LatencySummary Latency() =>
        new(Number(), 1, 2, _random.NextInt64(1_000_000), _random.NextInt64(10_000_000), _random.NextInt64(100_000_000), 500_000_000, _random.NextInt64(1, 3_600_000_000));

    private string[] Texts(int most) => [.. Enumerable.Range(0, _random.Next(most)).Select(_ => Text(Pick(3, 30, 60)))];

    private string Text(int words) => string.Join(' ', Enumerable.Range(0, _random.Next(1, words + 1)).Select(_ => _words[_random.Next(_words.Length)]));

    private long Number() => _random.NextInt64(0, Pick(9, 100_000, 2_000_000_000));

    private long Part(long whole) => _random.Next(3) switch { 0 => 0, 1 => whole, _ => _random.NextInt64(0, whole + 1) };

    private bool Chance() => _random.Next(2) == 0;

    private int Pick(int few, int some, long many) => _random.Next(3) switch { 0 => few, 1 => some, _ => (int)Math.Min(int.MaxValue, many) };
}
