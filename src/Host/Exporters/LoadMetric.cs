using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Exporters;

/// <summary>The kinds of metrics, in the words of OpenTelemetry.</summary>
internal enum MetricKind
{
    Counter,
    UpDownCounter,
    Gauge,
    Histogram,
}

/// <summary>A metric of the meter <c>ActorLoad</c>. Names and units (UCUM) follow OpenTelemetry's semantic conventions.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Unit">Its unit, such as <c>s</c>, <c>By</c>, <c>1</c> or <c>{connection}</c>.</param>
/// <param name="Description">What it says.</param>
/// <param name="Attributes">Its attributes; each has few values.</param>
internal sealed record LoadMetric(string Name, MetricKind Kind, string Unit, string Description, params string[] Attributes)
{
    public const string OutcomeOf = "actorload.outcome";
    public const string FleetOf = "actorload.fleet";
    public const string PrefixOf = "actorload.rejection.prefix";
    public const string ResumedOf = "actorload.tls.resumed";
    public const string CloseEndOf = "actorload.close.end";
    public const string VerdictOf = "actorload.verdict";
    public const string RunIdOf = "actorload.run.id";
    public const string PhaseOf = "actorload.phase";
    public const string ShapeOf = "actorload.shape";

    private const string Connection = "{connection}";
    private const string Attempt = "{attempt}";

    public static LoadMetric Runs { get; } = Counter("actorload.runs", "{run}", "Runs that have ended, by verdict", VerdictOf);

    public static LoadMetric Planned { get; } =
        Counter("actorload.planned.connections", Connection, "Connections whose time has come", FleetOf);

    public static LoadMetric Opened { get; } = Counter("actorload.opened.connections", Connection, "Connections that were begun", FleetOf);

    public static LoadMetric Dropped { get; } = Counter(
        "actorload.dropped.connections", Connection, "Connections that were due and not begun: max-open was reached", FleetOf);

    public static LoadMetric Ended { get; } =
        Counter("actorload.ended.connections", Connection, "Connections that have ended, by outcome", OutcomeOf, FleetOf);

    public static LoadMetric Attempts { get; } = Counter("actorload.attempts", Attempt, "Tries to open, retries included", FleetOf);

    public static LoadMetric Retries { get; } = Counter("actorload.retries", Attempt, "Tries after a connection's first", FleetOf);

    public static LoadMetric EstablishedAttempts { get; } =
        Counter("actorload.established.attempts", Attempt, "Tries whose connection was established", FleetOf);

    public static LoadMetric FailedAttempts { get; } =
        Counter("actorload.failed.attempts", Attempt, "Tries that failed, retried ones too, by outcome", OutcomeOf, FleetOf);

    public static LoadMetric RejectedAttempts { get; } =
        Counter("actorload.rejected.attempts", Attempt, "Tries that got an error reply, by its first word", PrefixOf, FleetOf);

    public static LoadMetric Handshakes { get; } =
        Counter("actorload.tls.handshakes", "{handshake}", "TLS handshakes, full or resumed", ResumedOf, FleetOf);

    public static LoadMetric Closes { get; } =
        Counter("actorload.awaited.closes", "{close}", "Closes that waited for the server, by their end", CloseEndOf, FleetOf);

    public static LoadMetric Reused { get; } = UpDown(
        "actorload.connection.reused", Connection, "Uses of connections that an earlier burst left idle, less those that proved stale",
        FleetOf);

    public static LoadMetric Open { get; } = UpDown("actorload.connection.open", Connection, "Connections that have begun and not ended");

    public static LoadMetric Established { get; } =
        UpDown("actorload.connection.established", Connection, "Connections that are established now");

    public static LoadMetric Waiting { get; } = UpDown("actorload.client.waiting", "{client}", "Clients that wait for their next try");

    public static LoadMetric ActiveRuns { get; } = UpDown("actorload.run.active", "{run}", "1 during a run, else 0");

    public static LoadMetric RunInfo { get; } =
        Gauge("actorload.run.info", "{run}", "1 for the run that is on, or was the last", RunIdOf, PhaseOf, ShapeOf);

    public static LoadMetric Progress { get; } = Gauge("actorload.run.progress", "1", "Share of the run that is done");

    public static LoadMetric CpuOfConnection { get; } =
        Gauge("actorload.generator.connection.cpu.time", "s", "Own CPU time for each connection of the run, so far");

    public static LoadMetric PeakMemory { get; } = Gauge("actorload.generator.memory.peak", "By", "Most resident memory of this process");

    public static LoadMetric CollectorPause { get; } =
        Gauge("actorload.generator.gc.pause.time", "s", "Pauses of the garbage collector in the run, so far");

    /// <summary>All of them, in the order of the documentation.</summary>
    public static IReadOnlyList<LoadMetric> All { get; } =
    [
        Planned, Opened, Dropped, Ended, Attempts, Retries, EstablishedAttempts, FailedAttempts, RejectedAttempts, Handshakes, Closes, Runs,
        Reused, Open, Established, Waiting, ActiveRuns,
        RunInfo, Progress, CpuOfConnection, PeakMemory, CollectorPause,
        .. Steps.All.Select(step => OfStep(step, isOfFailures: false)),
        .. Steps.All.Where(HasFailures).Select(step => OfStep(step, isOfFailures: true)),
    ];

    /// <summary>False for steps that belong to no single attempt, and so are not kept for failed connections.</summary>
    public static bool HasFailures(Step step) => step is not (Step.Recovery or Step.Close or Step.LoopLag);

    /// <summary>The durations of a step. One metric for each step: a sum over steps would mean nothing.</summary>
    public static LoadMetric OfStep(Step step, bool isOfFailures)
    {
        var word = step.Name().Replace('-', '_');
        return isOfFailures
            ? new($"actorload.failed_connection.{word}.duration", MetricKind.Histogram, "s", $"Step {step.Name()} of failed connections")
            : new($"actorload.{word}.duration", MetricKind.Histogram, "s", $"Completed steps {step.Name()}");
    }

    private static LoadMetric Counter(string name, string unit, string description, params string[] attributes) =>
        new(name, MetricKind.Counter, unit, description, attributes);

    private static LoadMetric UpDown(string name, string unit, string description, params string[] attributes) =>
        new(name, MetricKind.UpDownCounter, unit, description, attributes);

    private static LoadMetric Gauge(string name, string unit, string description, params string[] attributes) =>
        new(name, MetricKind.Gauge, unit, description, attributes);
}
