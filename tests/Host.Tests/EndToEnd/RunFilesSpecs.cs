using System.Text.Json.Nodes;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Tests.Terminal;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Peers.Tls;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Every run file in hocon/, carried out in a second: its rates stay, its times and bursts are shorter.</summary>
public sealed class RunFilesSpecs(RunFilesSpecs.Runs runs) : IClassFixture<RunFilesSpecs.Runs>
{
    public static TheoryData<string> Files() => [.. Runs.Files];

    [RedisTheory]
    [MemberData(nameof(Files))]
    public async Task Run_file_makes_the_connections_of_each_of_its_phases(string file)
    {
        var (settings, run) = await runs.Of(file);

        var result = RunResultJson.Parse(run.Expect(0).Stdout);
        Assert.True(result.Connections is { Succeeded: > 0, Failed: 0, Cancelled: 0, Dropped: 0, Open: 0 }, $"{result.Connections}");
        Assert.Equal(result.Connections.Planned, result.Connections.Succeeded);
        Assert.Equal(result.Connections.Planned, result.Phases.Sum(phase => phase.Connections.Succeeded));
        Assert.Equal(settings.Load.Select(phase => (phase.Name, phase.Shape.Word())), result.Phases.Select(phase => (phase.Name, phase.Shape)));
        Assert.All(result.Phases, phase => Assert.Equal(phase.Shape == LoadShape.Pause.Word(), phase.Connections.Succeeded == 0));
    }

    /// <summary>The runs, two at a time: most of their time they wait.</summary>
    public sealed class Runs : IAsyncLifetime, IDisposable
    {
        // Values for the keys that make a phase long or a burst large.
        private static readonly Dictionary<string, string> _shorter = new()
        {
            ["connections"] = "50",
            ["gap"] = "20ms",
            ["duration"] = "300ms",
            ["count"] = "3",
            ["over"] = "300ms",
            ["each"] = "50ms",
            ["rise"] = "100ms",
            ["hold"] = "100ms",
            ["fall"] = "100ms",
            ["period"] = "100ms",
            ["lifetime"] = "100ms",
            ["recycle.at"] = "150ms",
        };

        // A busy machine may miss thresholds on times, so all runs have one that it meets.
        private static readonly string[] _everywhere =
        [
            "connection.hold=50ms", "observers.kernel.baseline=100ms", "observers.bystander.before=100ms", "observers.bystander.after=1s",
            "observers.bystander.window=100ms", "thresholds=[\"success-ratio >= 0.99\"]", "verdict.allow=[generator-limited]",
        ];

        private static readonly string _folder = Path.Combine(Sources.Root, "hocon");

        private readonly SemaphoreSlim _turn = new(2);
        private readonly Dictionary<string, Task<(RunSettings Settings, ProcessResult Run)>> _all = [];
        private readonly TestAuthority _authority = new();
        private RedisServer? _redis;
        private RedisServer? _secure;

        /// <summary>The names of all run files.</summary>
        public static IEnumerable<string> Files { get; } =
            [.. Directory.EnumerateFiles(_folder, "*.conf").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

        public async Task InitializeAsync()
        {
            if (Requirement.Redis.Skip is null)
            {
                _redis = await RedisServer.StartAsync("--protected-mode", "no"); // clients come from other addresses than 127.0.0.1, too
                _secure = await RedisServer.StartAsync(_authority.Server(_authority.Rsa("localhost")));
                foreach (var file in Files)
                {
                    _all.Add(file, RunAsync(file));
                }
            }
        }

        /// <summary>The settings of a file as it is, and its shortened run.</summary>
        public Task<(RunSettings Settings, ProcessResult Run)> Of(string file) => _all[file];

        public async Task DisposeAsync()
        {
            await ((Task)Task.WhenAll(_all.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the spec of a run tells its failure
            await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (_secure?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        public void Dispose()
        {
            _turn.Dispose();
            _authority.Dispose();
        }

        private async Task<(RunSettings Settings, ProcessResult Run)> RunAsync(string file)
        {
            await _turn.WaitAsync();
            try
            {
                var path = Path.Combine(_folder, file);
                var settings = Loads.Settings(RunFiles.Read(path));
                var isSecure = settings.Target.Credentials.Tls is not null;
                var redis = (isSecure ? _secure! : _redis!).Target;
                string[] authority = isSecure ? ["--set", $"target.tls.ca-file={_authority.CertificateFile}"] : [];
                var servers = settings.Fleets.Length > 1 ? 1 : settings.Target.Endpoints.Length; // one server stands for all
                string[] target = settings.Target.IsEmbedded ? []
                    : ["--set", $"target.endpoints=[{string.Join(',', Enumerable.Repeat($"\"{redis}\"", servers))}]"];
                return (settings, await ActorLoadHere.RunAsync(["run", path, "--json", "--quiet", .. target, .. authority, .. Shortened(settings)]));
            }
            finally
            {
                _turn.Release();
            }
        }

        private static IEnumerable<string> Shortened(RunSettings settings)
        {
            var fleets = (JsonArray)settings.Configuration["fleets"]!;
            var lists = fleets.Count == 0 ? [("load", settings.Configuration["load"]!)]
                : fleets.Select((fleet, index) => ($"fleets.{index}.load", fleet!["load"]!));
            return lists.SelectMany(list => list.Item2.AsArray().OfType<JsonObject>().SelectMany((phase, index) => _shorter
                    .Where(key => phase.ContainsKey(key.Key.Split('.')[0])).Select(key => $"{list.Item1}.{index}.{key.Key}={key.Value}")))
                .Concat(fleets.Select((_, index) => $"fleets.{index}.connection.hold=50ms"))
                .Concat(_everywhere).SelectMany(set => new[] { "--set", set });
        }
    }
}
