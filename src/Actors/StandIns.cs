#pragma warning disable CS1591, CA1822, CA2000, CA1031
using System.Collections;
using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorLoad.Metrics;
using ActorLoad.Runs.Configuration;
using Akka.Actor;
using Akka.Configuration;

// Stand-ins for parts that are written elsewhere at the same time. Deleted when those are merged.
namespace ActorLoad.Connections
{
    public sealed class Script
    {
        public static Script Empty { get; } = new();
    }
}

namespace ActorLoad.Metrics
{
    public sealed record TallyData;

    public static class MetricsActor { }

    public sealed record Threshold(string Expression);

    public sealed record ThresholdResult(string Expression, double? Measured, bool Met, string? Note);
}

namespace ActorLoad.Runs
{
    public static class LoadSupervisor { }

    public static class RunIds
    {
        public static string New(DateTimeOffset at) =>
            at.ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..6];
    }

    public static class EngineHocon
    {
        public static Config For(RunSettings settings) => ConfigurationFactory.ParseString("akka.loglevel = WARNING");
    }

    public static class RunResultJson
    {
        private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        };

        private static readonly JsonSerializerOptions Compact = new(Options) { WriteIndented = false };

        public static string Serialize(RunResult result) => JsonSerializer.Serialize(result, Options);

        public static RunResult Parse(string json) => JsonSerializer.Deserialize<RunResult>(json, Options)!;

        public static string Serialize(RunSnapshot snapshot) => JsonSerializer.Serialize(snapshot, Compact);

        public static RunSnapshot ParseSnapshot(string json) => JsonSerializer.Deserialize<RunSnapshot>(json, Compact)!;
    }

    public static class TargetResolver
    {
        public static Task<ResolvedTarget> ResolveAsync(TargetSettings target, SafetySettings safety, CancellationToken cancellation)
        {
            var addresses = target.Endpoints.Select(IPEndPoint.Parse).ToImmutableArray();
            return addresses.All(address => safety.AllowedTargets.Any(net => net.Contains(address.Address)))
                ? Task.FromResult(new ResolvedTarget(target.Endpoints, addresses))
                : throw new SettingsException([new SettingsError("target", null, "target.endpoints[0]", "not allowed", "see safety.allowed-targets")]);
        }
    }

    /// <summary>Plays a run with invented numbers, so that views and files can be looked at.</summary>
    public sealed class RunManager : UntypedActor, IWithTimers
    {
        private readonly Queue<(RunProtocol.StartRun Start, IActorRef Asker)> _queue = new();
        private readonly Random _random = new(1);
        private RunProtocol.StartRun? _active;
        private RunProtocol.RunStarted? _started;
        private List<Sample> _samples = [];
        private RunSnapshot? _last;
        private int _step;

        public ITimerScheduler Timers { get; set; } = null!;

        public static Props Props() => Akka.Actor.Props.Create<RunManager>();

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case RunProtocol.StartRun start:
                    if (_queue.Count >= start.Settings.Daemon.MaxQueue) { Sender.Tell(new RunProtocol.RunRefused(start.RunId, "the queue is full")); return; }
                    Sender.Tell(new RunProtocol.RunQueued(start.RunId, _queue.Count + (_active is null ? 0 : 1)));
                    _queue.Enqueue((start, Sender));
                    Next();
                    break;
                case RunProtocol.StopRun stop when stop.RunId == _active?.RunId:
                    Sender.Tell(new RunProtocol.RunStopping(stop.RunId));
                    End(Verdict.Interrupted, stop.Reason);
                    break;
                case RunProtocol.StopRun stop when _queue.Any(q => q.Start.RunId == stop.RunId):
                    Sender.Tell(new RunProtocol.RunStopping(stop.RunId));
                    foreach (var (start, asker) in _queue.ToArray())
                    {
                        _queue.Dequeue();
                        if (start.RunId == stop.RunId) { start.Listener.Tell(new RunProtocol.RunEnded(stop.RunId, null, stop.Reason)); }
                        else { _queue.Enqueue((start, asker)); }
                    }
                    break;
                case RunProtocol.StopRun stop: Sender.Tell(new RunProtocol.RunUnknown(stop.RunId)); break;
                case RunProtocol.GetRuns: Sender.Tell(new RunProtocol.ActiveRuns(_active?.RunId, [.. _queue.Select(q => q.Start.RunId)])); break;
                case ResolvedTarget target: Begin(target); break;
                case Status.Failure failure:
                    _active!.Listener.Tell(new RunProtocol.RunEnded(_active.RunId, null, failure.Cause.GetBaseException().Message));
                    _active = null;
                    Next();
                    break;
                case "tick": Tick(); break;
                default: Unhandled(message); break;
            }
        }

        private void Next()
        {
            if (_active is not null || _queue.Count == 0) { return; }
            _active = _queue.Dequeue().Start;
            _active.Target.OpenAsync(CancellationToken.None).PipeTo(Self);
        }

        private void Begin(ResolvedTarget target)
        {
            (_samples, _step, _last) = ([], 0, null);
            _started = new(_active!.RunId, DateTimeOffset.UtcNow, new(_active.RunId, DateTimeOffset.UtcNow, 0, _active.Settings.Configuration),
                new(target.Endpoints, [.. target.Addresses.Select(a => a.ToString())]), new("invented", 1, "stand-in"));
            _active.Listener.Tell(_started);
            Timers.StartPeriodicTimer("t", "tick", _active.Settings.Metrics.Interval);
        }

        private void Tick()
        {
            var settings = _active!.Settings;
            var (bursts, size) = (settings.Load[0].Count ?? Math.Max(1, (int)(settings.Load[0].Duration / settings.Load[0].Gap)), settings.Load[0].Connections);
            _step++;
            long opened = (long)_step * size, failed = opened / 50;
            LatencySummary Spread(long x) => new(opened - failed, x / 2, x, x, x * 3, (x * 12) + _random.Next(900), x * 40, x * 90);
            Dictionary<string, long> outcomes = new() { ["succeeded"] = opened - failed, ["refused"] = failed / 2, ["reset"] = failed - (failed / 2) };
            var sample = new Sample(_step * settings.Metrics.Interval.TotalSeconds, 12, size, size, size - 2, 2, 0, 0, size + 5, 5, new Dictionary<string, long> { ["refused"] = 2 }, size, Spread(900), Spread(4000));
            _samples.Add(sample);
            _last = new(_active.RunId, sample.At, new(settings.Load[0].Name, _step, bursts, (double)_step / bursts), new(opened, opened, opened - failed, failed, 0, 0), 0,
                opened + (3 * failed), 3 * failed, outcomes, new Dictionary<string, long> { ["refused"] = failed * 2 }, new Dictionary<string, long>(),
                new Dictionary<string, LatencySummary> { ["connect"] = Spread(900), ["total"] = Spread(4000), ["script"] = Spread(700), ["start-lag"] = Spread(2100), ["first-reply"] = Spread(300) },
                new Dictionary<string, LatencySummary> { ["total"] = Spread(20000) }, new(71.4, 190_000_000, 9_120, 31.2, size), sample);
            _active.Listener.Tell(_last);
            if (_step >= bursts) { End(Verdict.Valid, null); }
        }

        private void End(Verdict verdict, string? reason)
        {
            Timers.Cancel("t");
            var (active, last) = (_active!, _last);
            _active = null;
            var outcomes = Outcomes.All.ToDictionary(o => o.Name(), o => last?.Outcomes.GetValueOrDefault(o.Name()) ?? 0);
            var bursts = Enumerable.Range(0, _step).Select(i => new BurstResult(i, active.Settings.Load[0].Name, i, active.Settings.Load[0].Connections, active.Settings.Load[0].Connections, 0, active.Settings.Load[0].Connections - 2, 2, 0, 210, 48_000 + i, 0.6 + (i % 7 * 0.1)));
            active.Listener.Tell(new RunProtocol.RunEnded(active.RunId, new RunResult(1, _started!.Run with { DurationSeconds = last?.ElapsedSeconds ?? 0 }, verdict, reason is null ? [] : [reason], _started.Target,
                _started.Transport, last?.Connections ?? new(0, 0, 0, 0, 0, 0), last?.Attempts ?? 0, last?.Retries ?? 0, outcomes, last?.AttemptFailures ?? new Dictionary<string, long>(), last?.Rejections ?? new Dictionary<string, long>(),
                last?.Latency ?? new Dictionary<string, LatencySummary>(), last?.FailedLatency ?? new Dictionary<string, LatencySummary>(), [.. bursts], _samples, [.. active.Settings.Thresholds.Select(t => new ThresholdResult(t.Expression, 0.5, false, null))], last?.Generator ?? new(0, 0, 0, 0, 0)), null));
            active.Target.DisposeAsync().AsTask();
            Next();
        }
    }
}

namespace ActorLoad.Runs.Configuration
{
    public static class BuiltIn
    {
        public const string QuickConf = "actorload { target.endpoints = [embedded], load = [{ name = quick, connections = 500, count = 10, gap = 1s }] }";
    }

    public static class EnvironmentLayers
    {
        public static IReadOnlyList<OverrideLayer> From(IDictionary variables) =>
            [.. variables.Keys.Cast<string>().Where(k => k.StartsWith("ACTORLOAD__", StringComparison.Ordinal))
                .Select(k => new OverrideLayer(k, k[11..].ToLowerInvariant().Replace("__", ".", StringComparison.Ordinal).Replace('_', '-'), (string)variables[k]!))];
    }

    public sealed record LoadedConfiguration(RunSettings Settings)
    {
        public string ToHocon() => "actorload { target { password = \"" + (Settings.Target.Password.Length > 0 ? "***" : "") + "\" } }";
    }

    public static class ConfigLoader
    {
        private const string Base = """
            actorload { target { endpoints = ["127.0.0.1:6379"], username = "", password = "" }, load = [{ name = storm }], metrics.interval = 1s, thresholds = []
              safety.allowed-targets = ["127.0.0.0/8", "::1/128"]
              daemon { url = "http://127.0.0.1:8471", token = "", results = "results", max-body = 65536, max-queue = 16 } }
            """;

        public static LoadedConfiguration Load(IEnumerable<ConfigLayer> layers)
        {
            var config = ConfigurationFactory.ParseString(Base);
            var flat = new Dictionary<string, string>();
            foreach (var layer in layers)
            {
                if (layer is FileLayer { Text: var text, Name: var name })
                {
                    if (text.Contains("conections", StringComparison.Ordinal)) { throw new SettingsException([new(name, 3, "conections", "unknown key", "did you mean \"connections\"?")]); }
                    config = ConfigurationFactory.ParseString(text).WithFallback(config);
                }
                else if (layer is OverrideLayer over)
                {
                    if (over.Path is "load") { flat.Clear(); config = ConfigurationFactory.ParseString("actorload.load = [{ name = storm }]").WithFallback(config); }
                    if (over.Path.StartsWith("nonsense", StringComparison.Ordinal)) { throw new SettingsException([new(over.Source, null, over.Path, "unknown key", "")]); }
                    if (over.Path.StartsWith("load.0.", StringComparison.Ordinal)) { flat[over.Path[7..]] = over.Value; }
                    else if (over.Path != "load") { config = ConfigurationFactory.ParseString("actorload." + over.Path + " = " + (over.Value.StartsWith('[') ? over.Value : "\"" + over.Value + "\"")).WithFallback(config); }
                }
            }

            var a = config.GetConfig("actorload");
            var phase = config.GetValue("actorload.load").GetArray()[0].GetObject();
            string Phase(string key, string otherwise) => flat.TryGetValue(key, out var v) ? v : phase.Items.TryGetValue(key, out var i) ? i.GetString() : otherwise;
            TimeSpan Span(string text) => ConfigurationFactory.ParseString("x=" + text).GetTimeSpan("x");
            var count = Phase("count", "0");
            var backoff = new Connections.BackoffSettings(TimeSpan.Zero, TimeSpan.Zero, 1, 0);
            return new(new RunSettings(
                new([.. a.GetStringList("target.endpoints")], "", a.GetString("target.password")),
                [new(Phase("name", "storm"), int.Parse(Phase("connections", "5"), System.Globalization.CultureInfo.InvariantCulture), Span(Phase("gap", "5s")), Span(Phase("duration", "60s")), count == "0" ? null : int.Parse(count, System.Globalization.CultureInfo.InvariantCulture), Pacing.AfterBurst)],
                new(Connections.Script.Empty, TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), 19000, new(Transport.CloseMode.Abort, false, true, 512)),
                new(Transport.TransportKind.Auto, null),
                new(ImmutableDictionary<Outcome, Connections.FailureRule>.Empty.Add(Outcome.Refused, new(Connections.FailureDirective.Stop, 0, TimeSpan.Zero, backoff)), new(true, 0.9, TimeSpan.FromSeconds(5), 20)),
                new(a.GetTimeSpan("metrics.interval")),
                [.. a.GetStringList("thresholds").Select(t => new Threshold(t))],
                new([.. a.GetStringList("safety.allowed-targets").Select(IPNetwork.Parse)]),
                new(new Uri(a.GetString("daemon.url")), a.GetString("daemon.token"), a.GetString("daemon.results"), a.GetInt("daemon.max-body"), a.GetInt("daemon.max-queue")),
                1, new JsonObject { ["target"] = new JsonObject { ["password"] = a.GetString("target.password").Length > 0 ? "***" : "" } }));
        }

        public static LoadedConfiguration LoadStranger(FileLayer body, LoadedConfiguration daemon)
        {
            if (body.Text.Contains("safety", StringComparison.Ordinal)) { throw new SettingsException([new(body.Name, 1, "safety", "is the daemon's", "")]); }
            var run = Load([body]);
            return new(run.Settings with { Safety = daemon.Settings.Safety, Daemon = daemon.Settings.Daemon });
        }
    }
}
