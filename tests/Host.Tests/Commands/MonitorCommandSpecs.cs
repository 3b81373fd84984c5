using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Tests.Transport;
using ActorLoad.Monitoring;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Spectre.Console;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

public sealed class MonitorCommandSpecs : IDisposable
{
    private const int Pairs = 7;
    private const int EPERM = 1;

    // A port of the test's own with some connections, none of them accepted.
    private readonly Socket _listener = FreshPort.BoundApart();
    private readonly List<Socket> _clients = [];

    public MonitorCommandSpecs()
    {
        _listener.Listen(64);
        for (var pair = 0; pair < Pairs; pair++)
        {
            _clients.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            _clients[^1].Connect(_listener.LocalEndPoint!);
        }
    }

    private int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        _listener.Dispose();
    }

    [LinuxTheory]
    [InlineData(ChildSignal.Interrupt)]
    [InlineData(ChildSignal.Terminate)]
    public async Task Signal_ends_the_monitor_with_its_peaks_and_exit_code_0(ChildSignal signal)
    {
        await using var monitor = await MonitorProcess.StartAsync(Port, null, "--json", "--interval", "100ms");
        var line = await monitor.FreshLineAsync();
        ExpectPairs(line);
        var summary = MonitorProcess.Summary(await monitor.StopAsync(signal));
        Assert.Equal((Pairs, Pairs), (summary.Peaks.Client.Estab!.Value, summary.Peaks.Server.Estab!.Value));
        Assert.Equal((Pairs, 64L), (summary.Peaks.AcceptQueue!.Value, summary.AcceptQueueLimit));
    }

    [LinuxFact]
    public async Task Monitor_ends_after_its_for_option_and_each_line_is_one_JSON_object()
    {
        var ended = await WatchAsync([], "--json", "--interval", "100ms", "--for", "350ms");
        var kinds = ended.Stdout.TrimEnd('\n').Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()).ToArray();
        Assert.Equal("summary", kinds[^1]);
        Assert.All(kinds[..^1], kind => Assert.Equal("interval", kind));
        Assert.Equal(MonitorProcess.Summary(ended).Lines, kinds.Length - 1);
        Assert.InRange(kinds.Length - 1, 1, 3); // fewer where the machine was too busy to be on time
    }

    [LinuxFact]
    public async Task Plain_lines_are_aligned_to_their_heads_and_end_with_the_peaks()
    {
        var ended = await WatchAsync([], "--interval", "200ms", "--for", "500ms");
        var lines = ended.Stdout.Split('\n');
        Assert.Equal(MonitorColumns.Groups, lines[0]);
        Assert.Equal(MonitorColumns.Heads, lines[1]);
        Assert.Equal(MonitorColumns.Heads.Length, lines[2].Length);
        var cells = lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["0", $"{Pairs}", "0", "0", "0", "0", $"{Pairs}", "0", "0", "0", $"{Pairs}", $"{Pairs}", "64"], cells[1..14]);
        Assert.Contains($"Port {Port}, watched for ", ended.Stdout, StringComparison.Ordinal);
        Assert.Contains(
            lines, line => line.StartsWith("ESTAB ", StringComparison.Ordinal) && line.Split(' ').Count(cell => cell == $"{Pairs}") == 2);
        Assert.DoesNotContain('\u001b', ended.Stdout);
    }

    [SkippableTheory]
    [InlineData("--bounding-set=-all --inh-caps=-all --no-new-privs")]
    [InlineData("--reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs")]
    public async Task Command_needs_no_privilege(string confinement)
    {
        Needs.These(Requirement.LesserRoot);
        string[] wrapper = ["setpriv", .. confinement.Split(' ')];
        var reads = await ChildProcess.RunAsync([.. wrapper, "test", "-r", ActorLoadProcess.Dll]);
        Skip.If(reads.ExitCode != 0, "needs a build that an ordinary user may read");
        var summary = MonitorProcess.Summary(await WatchAsync(wrapper, "--json", "--interval", "100ms", "--for", "300ms"));
        Assert.Equal((Pairs, Pairs), (summary.Peaks.Client.Estab!.Value, summary.Peaks.Server.Estab!.Value));
        Assert.Equal((Pairs, 64L), (summary.Peaks.AcceptQueue!.Value, summary.AcceptQueueLimit));
        Assert.All(summary.Totals.ToList(), total => Assert.NotNull(total));
        Assert.Empty(summary.Unseen);
    }

    [SkippableFact]
    public async Task Refused_sock_diag_falls_back_to_the_connection_table_without_a_queue()
    {
        Needs.These(Requirement.Perl);
        var ended = await WatchAsync(RefusedCalls.Sockets(EPERM), "--json", "--interval", "100ms", "--for", "300ms");
        var summary = MonitorProcess.Summary(ended);
        Assert.Equal((Pairs, Pairs), (summary.Peaks.Client.Estab!.Value, summary.Peaks.Server.Estab!.Value));
        Assert.Null(summary.Peaks.AcceptQueue);
        Assert.Contains("Operation not permitted", summary.Unseen[0], StringComparison.Ordinal);
        Assert.Contains("has no accept queue", summary.Unseen[1], StringComparison.Ordinal);
        Assert.All(summary.Unseen, sentence => Assert.Single(ended.Stderr.Split('\n'), $"actorload monitor: {sentence}"));
    }

    [LinuxFact]
    public async Task Monitor_ends_when_its_output_is_closed()
    {
        string[] command = ["dotnet", ActorLoadProcess.Dll, "monitor", "--interval", "100ms", "--port", $"{Port}"];
        var piped = await ChildProcess.RunAsync("sh", "-c", string.Join(' ', command.Select(word => $"'{word}'")) + " | head -n 3");
        Assert.Equal(3, piped.Expect().Stdout.TrimEnd('\n').Split('\n').Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1023)]
    [InlineData((1 << 20) - 1)]
    [InlineData((1 << 30) - 1)]
    [InlineData(1L << 39)]
    public void Columns_fit_under_their_heads_for_any_amount_of_memory(long bytes)
    {
        var line = new MonitorLine(1, default, 1, null, null, null, new TcpMemory(bytes, null), PerCounter.Of(_ => (double?)99_999));
        Assert.Equal(MonitorColumns.Heads.Length, MonitorColumns.Of(line).Length);
        Assert.Equal(MonitorColumns.Heads.Length, MonitorColumns.Groups.Length);
    }

    [Fact]
    public void Unseen_value_is_shown_as_a_dash()
    {
        var at = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var nothing = PerCounter.Of(_ => (double?)null);
        var line = new MonitorLine(6379, at, 1, null, null, null, null, nothing);
        Assert.Equal(20, MonitorColumns.Of(line).Split(' ').Count(cell => cell == "-"));
        var noPeak = PerState.Of(new Peak?[PerState.Names.Count]);
        var summary = new MonitorSummary(
            6379, at, 1, 1, new MonitorPeaks(noPeak, noPeak, null, null, PerCounter.Of(_ => (Peak?)null)), null, null,
            PerCounter.Of(_ => (long?)null),
            ["It is dark."]);
        using var text = new StringWriter();
        var console = Look.Console(text, redirected: true);
        console.Write(MonitorTables.Live(line, summary));
        MonitorTables.WriteSummary(console, summary);
        Assert.Equal(2, text.ToString().Split('\n').Count(row => row.StartsWith("! It is dark.", StringComparison.Ordinal)));
        var dashes = text.ToString().Split('\n').Where(row => row.StartsWith("TIME-WAIT", StringComparison.Ordinal))
            .Select(row => row.Split(' ').Count(cell => cell == "-"));
        Assert.Equal([4, 2], dashes); // now and peak of both sides, then the peaks
    }

    private static void ExpectPairs(MonitorLine line)
    {
        Assert.Equal((Pairs, Pairs), (line.Client!.Estab, line.Server!.Estab));
        Assert.Equal(new AcceptQueue(Pairs, Pairs, 64), line.AcceptQueue);
    }

    private async Task<ProcessResult> WatchAsync(IReadOnlyList<string> wrapper, params string[] args) => (await ActorLoadProcess.RunAsync(
        ["monitor", "--port", Port.ToString(CultureInfo.InvariantCulture), .. args],
        new ActorLoadOptions
        {
            Wrapper = wrapper,
            Environment = new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" }, // it would want a socket
        })).Expect();
}
