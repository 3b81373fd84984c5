using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers.Faults;

namespace ActorLoad.Bench.Cells;

/// <summary>A storm on a closed port, without retries and breaker: what does it cost to be refused?</summary>
internal static class RefusedCell
{
    // 4: the target was never reached.
    private static readonly int[] _exitCodes = [0, 4];

    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options)
    {
        await using var closed = FaultPeer.ClosedPort();
        var file = RunFile.Text(
            [new RunPhase("refused", options.Refused, 1, TimeSpan.Zero)], BenchOptions.Script, options.Refused, TimeSpan.Zero, options.Transport);
        var run = await ActorLoadRun.StartAsync(file, closed.Target, TimeSpan.FromMinutes(2), _exitCodes);
        return
        [
            new Figure("refused", $"refused of {options.Refused}", (long)run.At("outcomes", "refused"), Figure.Connections, AtLeast: options.Refused),
            new Figure("refused", "CPU of the whole process", run.WholeCpu.TotalSeconds, "s", AtMost: 2),
        ];
    }
}
