using System.Collections.Immutable;
using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Resp;
using ActorLoad.Runs;
using ActorLoad.Transport;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>Settings of runs that open no socket; what a spec does not care for is not asked of it.</summary>
internal static class RunSettingsBuilder
{
    private static readonly FailureRule Stop =
        new(FailureDirective.Stop, 0, TimeSpan.Zero, new BackoffSettings(TimeSpan.Zero, TimeSpan.Zero, 1, 0));

    public static ResolvedTarget Target { get; } = new(["db:6379"], [new Endpoint(new IPEndPoint(IPAddress.Loopback, 6379), "db:6379")]);

    public static RunSettings Of(params PhaseSettings[] load) => new(
        new TargetSettings(Target.Names, Credentials.None),
        [.. load.Select((phase, index) => phase with { Path = $"load.{index}" })],
        new ConnectionSettings(
            Script.Empty, TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), 19_000,
            new SocketSettings(CloseMode.Abort, false, true, 512)),
        new TransportSettings(TransportKind.Auto, null),
        new SupervisionPolicy(
            SupervisionPolicy.Causes.ToImmutableDictionary(cause => cause, _ => Stop),
            new BreakerSettings(true, 0.9, TimeSpan.FromSeconds(5), 20)),
        new MetricsSettings(TimeSpan.FromSeconds(1)),
        new ObserverSettings(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), false, false, TimeSpan.Zero, null),
        [],
        new SafetySettings([]),
        new DaemonSettings(new Uri("http://127.0.0.1:8471"), "", "results", 65_536, 16, TimeSpan.FromHours(1), TimeSpan.FromHours(1)),
        1,
        []);

    public static RunSettings WithBreaker(this RunSettings settings, bool enabled) => settings with
    {
        Supervision = settings.Supervision with { Breaker = settings.Supervision.Breaker with { Enabled = enabled } },
    };

    public static RunSettings WithThresholds(this RunSettings settings, params string[] thresholds) => settings with
    {
        Thresholds = [.. thresholds.Select(text => Threshold.TryParse(text, new ThresholdParts(Target.Names, true, true, true), out var threshold, out var problem)
            ? threshold
            : throw new ArgumentException(problem, nameof(thresholds)))],
    };

    /// <summary>The same thresholds, which end the run when they fail.</summary>
    public static RunSettings AbortingOnFail(this RunSettings settings, TimeSpan after) =>
        settings with { Thresholds = [.. settings.Thresholds.Select(threshold => threshold.Aborting(after))] };

    /// <summary>Bursts at multiples of the gap.</summary>
    public static BurstSettings Fixed(int connections, TimeSpan gap, int? count = null, TimeSpan? duration = null, string name = "storm") =>
        new(name, connections, gap, duration ?? TimeSpan.FromSeconds(60), count, Pacing.Fixed);

    /// <summary>Bursts a gap after the one before has ended.</summary>
    public static BurstSettings AfterBurst(int connections, TimeSpan gap, int? count = null, TimeSpan? duration = null, string name = "storm") =>
        new(name, connections, gap, duration ?? TimeSpan.FromSeconds(60), count, Pacing.AfterBurst);

    public static RunOrder Order(this RunSettings settings, Akka.Actor.IActorRef listener, TimeProvider? time = null) => new(
        "20261122-225935-4f2a9c", settings, Target, new DateTimeOffset(2026, 11, 22, 22, 59, 35, TimeSpan.Zero), listener,
        RunClock.StartNow(time ?? TimeProvider.System));
}
