using ActorLoad.Configuration;
using ActorLoad.Load;
using Xunit;

namespace ActorLoad.Actors.Tests.Configuration;

public class RunFileSpecs
{
    [Fact]
    public void Quick_run_brings_its_own_server_and_opens_5000_connections_in_ten_seconds()
    {
        var settings = Configurations.LoadFile(BuiltIn.QuickConf).Settings;

        Assert.True(settings.Target.IsEmbedded);
        var phase = (BurstSettings)Assert.Single(settings.Load);
        Assert.Equal((500, 10, Pacing.Fixed, TimeSpan.FromSeconds(1)), (phase.Connections, phase.Count, phase.Pacing, phase.Gap));
        Assert.Equal(File.ReadAllText(PathOf("quick.conf")), BuiltIn.QuickConf);
    }

    [Theory]
    [InlineData("seed.conf", 5, 60)]
    [InlineData("storm.conf", 8000, 20)]
    public void A_shipped_run_file_loads_and_storms_loopback_with_the_ancestors_script(string file, int connections, int seconds)
    {
        var settings = Configurations.LoadFile(File.ReadAllText(PathOf(file))).Settings;

        var phase = (BurstSettings)Assert.Single(settings.Load);
        Assert.Equal((connections, TimeSpan.FromSeconds(seconds), null), (phase.Connections, phase.Duration, phase.Count));
        Assert.Equal((TimeSpan.FromSeconds(5), Pacing.AfterBurst), (phase.Gap, phase.Pacing));
        Assert.Equal(["127.0.0.1:6379"], settings.Target.Endpoints.ToArray());
        Assert.Equal(3, settings.Connection.Script.Commands.Count());
    }

    [Fact]
    public void Gate_has_thresholds_of_both_forms_and_believes_no_limited_generator()
    {
        var settings = Configurations.LoadFile(File.ReadAllText(PathOf("gate.conf"))).Settings;

        Assert.Contains(settings.Thresholds, threshold => threshold.AbortOnFail);
        Assert.Contains(settings.Thresholds, threshold => !threshold.IsLive);
        Assert.False(settings.AllowsGeneratorLimited);
    }

    [Fact]
    public void The_run_file_of_the_design_loads()
    {
        var settings = Configurations.LoadFile("""
            actorload {
              target { endpoints = ["127.0.0.1:6379"] }          # or: endpoints = ["embedded"]
              load = [ { name = storm, shape = bursts, connections = 8000, gap = 5s, duration = 20s,   # or count = 4
                         pacing = after-burst } ]                 # or fixed; gap = 0s is allowed
              connection { script = ["PING", "GET foo", "SET foo {burst}:{client}"], hold = 0s, close = abort,
                           connect-timeout = 10s, reply-timeout = 10s, max-open = 19000 }
              transport { kind = auto, loops = auto }
              supervision { refused { directive = restart, max-retries = 3, within = 10s, backoff { min = 100ms, max = 2s } },
                            breaker { failure-ratio = 0.9, window = 5s } }
              metrics { interval = 1s }
              safety { allowed-targets = ["127.0.0.0/8", "::1/128"] }
              daemon { url = "http://127.0.0.1:8471" }
            }
            """).Settings;

        Assert.Equal(8000, ((BurstSettings)Assert.Single(settings.Load)).Connections);
    }

    private static string PathOf(string file)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "ActorLoad.sln")))
            directory = directory.Parent;
        return Path.Combine(directory.FullName, "hocon", file);
    }
}
