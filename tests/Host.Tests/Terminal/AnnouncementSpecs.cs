using ActorLoad.Hosting.Terminal;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal;

/// <summary>What a run says before it begins: its load in words.</summary>
public sealed class AnnouncementSpecs
{
    [Theory]
    [InlineData("{ connections = 8000, count = 1 }", "one burst of 8,000 connections")]
    [InlineData("{ connections = 1, count = 2, gap = 0s }", "2 bursts of 1 connection, one right after the other")]
    [InlineData("{ connections = 5, gap = 5s, duration = 60s }", "bursts of 5 connections, 5 s after each other, for 60 s")]
    [InlineData("{ connections = 5, gap = 250ms, count = 3, pacing = fixed }", "3 bursts of 5 connections, one every 250 ms")]
    [InlineData("{ connections = 5, gap = 0s, duration = 60s }", "bursts of 5 connections, one right after the other, for 60 s")]
    [InlineData("{ shape = rate, rate = \"500/s\", duration = 1m }", "500/s for 60 s, about 30,000 connections")]
    [InlineData("{ shape = rate, rate = \"1.5/ms\", duration = 10s, arrivals = poisson }", "1,500/s at random for 10 s, about 15,000 connections")]
    [InlineData("{ shape = rate, rate = \"30/m\", duration = 1h }", "30/m for 1 h 0 min, about 1,800 connections")]
    [InlineData("{ shape = rate, rate = \"6/h\", duration = 10m }", "6/h for 10 min, about 1 connection")]
    [InlineData("{ shape = ramp, from = \"100/s\", to = \"5000/s\", over = 60s }", "a ramp: 100/s to 5,000/s over 60 s, about 153,000 connections")]
    [InlineData("{ shape = ramp, from = \"10/s\", to = \"0/s\", over = 10s, arrivals = poisson }", "a ramp: 10/s to 0/s at random over 10 s, about 50 connections")]
    [InlineData(
        "{ shape = ramp, from = \"1/s\", to = \"1000/s\", over = 10s, curve = exponential }", "a ramp: 1/s to 1,000/s over 10 s, about 1,447 connections")]
    [InlineData(
        "{ shape = steps, from = \"100/s\", to = \"400/s\", by = \"100/s\", each = 10s }", "4 steps: 100/s to 400/s, 10 s each, about 10,000 connections")]
    [InlineData(
        "{ shape = spike, base = \"0/s\", peak = \"100/s\", rise = 1s, hold = 2s, fall = 1s }", "a spike to 100/s in 4 s, about 300 connections")]
    [InlineData(
        "{ shape = sine, mean = \"5/s\", amplitude = \"4/s\", period = 10m, duration = 20m }", "waves of 10 min up to 9/s for 20 min, about 6,000 connections")]
    [InlineData("{ shape = population, connections = 100, duration = 10m, open-rate = \"10/s\" }", "100 connections kept open for 10 min, opened at 10/s")]
    [InlineData(
        "{ shape = population, connections = 100, duration = 10m, lifetime = 90s, lifetime-jitter = 0.125, recycle { at = 5m, share = 0.5 } }",
        "100 connections kept open for 10 min, opened at 1,000/s, each for 90 s ± 12.5 %; 50 % closed at once after 5 min")]
    [InlineData("{ shape = pause, duration = 90s }", "a pause of 90 s")]
    [InlineData("{ shape = pause, duration = 1s, repeat = 1000 }", "a pause of 1 s, 1,000 times")]
    public void Phase_is_announced_with_its_rates_time_and_connections(string phase, string told) =>
        Assert.Equal($"actorload: storming 127.0.0.1:6379: {told}", Announced($"load = [ {phase} ]"));

    [Fact]
    public void Replay_is_announced_with_its_file_and_time()
    {
        using var files = new TemporaryDirectory();
        files.Write("log.csv", "1\n1.5\n3\n");

        Assert.Equal(
            "actorload: storming 127.0.0.1:6379: 3 connections of log.csv in 2 s",
            Announced("load = [ { shape = replay, file = log.csv } ]", files["run.conf"]));
    }

    [Fact]
    public void Phases_come_in_their_order_and_a_deadline_at_the_end() => Assert.Equal(
        "actorload: storming the embedded server: one burst of 7 connections; then a pause of 10 s; then 2/s for 5 s, about 10 connections, 3 times; "
        + "ends after 20 s (run.deadline)",
        Announced(
            """
            target.endpoints = [embedded]
            load = [
              { connections = 7, count = 1 }
              { shape = pause, duration = 10s }
              { shape = rate, rate = "2/s", duration = 5s, repeat = 3 }
            ]
            run.deadline = 20s
            """));

    private static string Announced(string lines, string file = "run.conf") => Announcement.Of(Loads.Settings(lines, file));
}
