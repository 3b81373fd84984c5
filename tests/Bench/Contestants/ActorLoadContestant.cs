namespace ActorLoad.Bench.Contestants;

/// <summary>ActorLoad itself, started as its users start it, all its metrics on.</summary>
/// <param name="name">What the report calls it.</param>
/// <param name="transport">Its <c>transport.kind</c>.</param>
internal sealed class ActorLoadContestant(string name, string transport) : IContestant
{
    public const string ContestantName = "actorload";

    public string Name => name;

    public async Task<Measurement> RunAsync(Storm storm, int port)
    {
        var file = RunFile.Text([new RunPhase("bench", storm.Burst, storm.Bursts, TimeSpan.Zero)], storm.Script, storm.Burst, TimeSpan.Zero, transport);
        var run = await ActorLoadRun.StartAsync(file, $"127.0.0.1:{port}", storm.Limit, [0]);
        return new Measurement(
            storm.Connections, storm.Connections - run.Succeeded, Seconds(run),
            (double)run.At("generator", "cpuMicrosPerConnection"), run.WholeCpu.TotalMicroseconds / storm.Connections,
            (long)run.At("generator", "peakRssBytes"), run.At("bursts").AsArray().Average(burst => ((double?)burst!["startLagMicros"] + (double?)burst["startSkewMicros"]) / 1000));
    }

    // From the first burst's due time to the end of the last connection, which is what the peers measure.
    private static double Seconds(ActorLoadRun run)
    {
        var bursts = run.At("bursts").AsArray();
        var first = bursts.Min(burst => (double)burst!["dueAt"]!);
        return bursts.Max(burst => (double)burst!["dueAt"]! + (double)burst["durationSeconds"]!) - first;
    }
}
