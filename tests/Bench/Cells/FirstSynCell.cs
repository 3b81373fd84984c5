using System.Net;
using System.Net.Sockets;
using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Measuring;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Bench.Cells;

/// <summary>What does a run take before its first SYN? Without observers, whose own connections would come first; they add their baseline.</summary>
internal static class FirstSynCell
{
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options)
    {
        var (seconds, cpu) = (new List<double>(), new List<double>());
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, RunFile.Text(
                [new RunPhase("first", 1, 1, TimeSpan.Zero)], ["PING"], 1, TimeSpan.Zero, options.Transport, RunFile.NoObservers));
            for (var round = 0; round < options.Rounds; round++)
            {
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                var started = TimeProvider.System.GetTimestamp();
                await using var child = ActorLoadProcess.Start(["run", path, "--json", "--quiet", "--target", listener.LocalEndpoint.ToString()!]);
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                using var first = await listener.AcceptSocketAsync(limit.Token);
                seconds.Add(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
                cpu.Add(ProcessWatch.CpuOf(child.Id)?.TotalSeconds ?? double.NaN);
            }
        }
        finally
        {
            File.Delete(path);
        }

        return
        [
            new Figure("first-syn", "`actorload run` to its first SYN", Median.Of(seconds), "s"),
            new Figure("first-syn", "CPU of the process until then", Median.Of(cpu), "s"),
        ];
    }
}
