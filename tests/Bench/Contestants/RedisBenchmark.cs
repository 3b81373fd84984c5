using System.Globalization;
using ActorLoad.Bench.Measuring;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Bench.Contestants;

/// <summary><c>redis-benchmark -k 0</c>: a new connection for each command. It has no bursts: as many connections stay open as a burst has.</summary>
internal sealed class RedisBenchmark : IContestant
{
    public string Name => "redis-benchmark -k 0";

    public static bool IsThere =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "redis-benchmark")));

    public async Task<Measurement> RunAsync(Storm storm, int port)
    {
        var before = ChildCpu.Read();
        await using var child = ChildProcess.Start(
        [
            "redis-benchmark", "-p", port.ToString(CultureInfo.InvariantCulture), "-k", "0", "--csv",
            "-c", storm.Burst.ToString(CultureInfo.InvariantCulture),
            "-n", storm.Connections.ToString(CultureInfo.InvariantCulture), .. storm.Script.Single().Split(' '),
        ]);
        var result = (await child.ExitAsync(storm.Limit)).Expect();
        var whole = (ChildCpu.Read() - before).TotalMicroseconds / storm.Connections;

        // The last line is "GET foo","14100.00",... : the command and its requests for each second.
        var last = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(',');
        var perSecond = double.Parse(last[1].Trim('"'), CultureInfo.InvariantCulture);
        return new Measurement(storm.Connections, 0, storm.Connections / perSecond, null, whole, null, null);
    }
}
