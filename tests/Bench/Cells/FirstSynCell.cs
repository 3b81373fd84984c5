using System.Net;
using System.Net.Sockets;
using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Measuring;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Bench.Cells;

/// <summary>What does a run take before its first SYN? Without observers, and with those that it has by default, whose own connections and
/// baseline come first.</summary>
internal static class FirstSynCell
{
    // The observers' own connection to the server, and the run's first.
    private const int ObservedFirst = 2;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options, RedisServer server)
    {
        var (seconds, cpu) = await MeasureAsync(options, RunFile.NoObservers, AcceptAsync);
        var (observedSeconds, observedCpu) = await MeasureAsync(options, "", (start, tell) => ReceiveAsync(start, tell, server));
        return
        [
            new Figure("first-syn", "`actorload run` without observers to its first SYN", seconds, "s"),
            new Figure("first-syn", "CPU of the process until then", cpu, "s"),
            new Figure("first-syn", "`actorload run` to its first SYN, its observers' baseline included", observedSeconds, "s"),
            new Figure("first-syn", "CPU of the process until then, with observers", observedCpu, "s"),
        ];
    }

    // Medians of seconds and of seconds of CPU from the start of a process until what `watch` waits for and tells.
    private static async Task<(double Seconds, double Cpu)> MeasureAsync(
        BenchOptions options, string lines, Func<Func<string, ChildProcess>, Action<ChildProcess>, Task> watch)
    {
        var (seconds, cpu) = (new List<double>(), new List<double>());
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, RunFile.Text([new RunPhase("first", 1, 1, TimeSpan.Zero)], ["PING"], 1, TimeSpan.Zero, options.Transport, lines));
            for (var round = 0; round < options.Rounds; round++)
            {
                var started = TimeProvider.System.GetTimestamp();
                await watch(
                    target => ActorLoadProcess.Start(["run", path, "--json", "--quiet", "--target", target]),
                    child =>
                    {
                        seconds.Add(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
                        cpu.Add(ProcessWatch.CpuOf(child.Id)?.TotalSeconds ?? double.NaN);
                    });
            }
        }
        finally
        {
            File.Delete(path);
        }

        return (Median.Of(seconds), Median.Of(cpu));
    }

    private static async Task AcceptAsync(Func<string, ChildProcess> start, Action<ChildProcess> tell)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var child = start(listener.LocalEndpoint.ToString()!);
        using var limit = new CancellationTokenSource(_limit);
        using var first = await listener.AcceptSocketAsync(limit.Token);
        tell(child);
    }

    private static async Task ReceiveAsync(Func<string, ChildProcess> start, Action<ChildProcess> tell, RedisServer server)
    {
        var before = await server.ConnectionsReceivedAsync();
        await using var child = start(server.Target);
        using var limit = new CancellationTokenSource(_limit);
        while (await server.ConnectionsReceivedAsync() < before + ObservedFirst)
        {
            await Task.Delay(1, limit.Token);
        }

        tell(child);
    }
}
