using System.Globalization;
using ActorLoad.Monitoring;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

/// <summary>A running <c>actorload monitor</c> that has taken its first reading.</summary>
internal sealed class MonitorProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private MonitorProcess(ChildProcess process) => _process = process;

    public static async Task<MonitorProcess> StartAsync(int port, IReadOnlyList<string>? wrapper, params string[] args)
    {
        var process = ActorLoadProcess.Start(
            ["monitor", "--port", port.ToString(CultureInfo.InvariantCulture), .. args], new ActorLoadOptions { Wrapper = wrapper ?? [] });
        var monitor = new MonitorProcess(process);
        try
        {
            await process.StderrLineAsync(line => line.Contains($"watching port {port} ", StringComparison.Ordinal));
            return monitor;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>A line that was read after this was called: one may be on its way.</summary>
    public async Task<MonitorLine> FreshLineAsync()
    {
        var before = _process.Stdout.Count(character => character == '\n');
        var lines = 0;
        return Assert.IsType<MonitorLine>(MonitorJson.Parse(await _process.StdoutLineAsync(_ => ++lines > before + 1)));
    }

    /// <summary>Stops it by a signal.</summary>
    public async Task<ProcessResult> StopAsync(ChildSignal signal = ChildSignal.Interrupt)
    {
        _process.Signal(signal);
        return (await _process.ExitAsync()).Expect();
    }

    /// <summary>The last line of what it wrote with <c>--json</c>, all of which must be lines of a monitor.</summary>
    public static MonitorSummary Summary(ProcessResult ended)
    {
        var entries = ended.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(MonitorJson.Parse).ToArray();
        Assert.All(entries[..^1], entry => Assert.IsType<MonitorLine>(entry));
        return Assert.IsType<MonitorSummary>(entries[^1]);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
