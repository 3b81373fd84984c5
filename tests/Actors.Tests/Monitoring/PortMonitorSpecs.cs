using System.Net;
using System.Net.NetworkInformation;
using ActorLoad.Actors.Tests.Observers.Kernel;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Monitoring;
using ActorLoad.Observers.Kernel;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;
using NetState = System.Net.NetworkInformation.TcpState;

namespace ActorLoad.Actors.Tests.Monitoring;

public sealed class PortMonitorSpecs : IDisposable
{
    // Those of the thread: a namespace that a thread has entered is not the process's.
    private static readonly KernelPaths _ofThread = KernelPaths.Linux with { Net = "/proc/thread-self/net" };
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly KernelFiles _files = new();
    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _files.Dispose();
        _stop.Dispose();
    }

    [LinuxFact]
    public async Task Lines_come_at_multiples_of_the_interval_and_end_with_the_duration()
    {
        using var monitor = new PortMonitor(_files.Healthy().Paths, 1, _time);
        Assert.Equal([0, 0.7, 1.4, 2.1], await WatchAsync(monitor, TimeSpan.FromSeconds(0.7), TimeSpan.FromSeconds(2.3)));
        Assert.Equal((3, 2.3), (monitor.Summary.Lines, monitor.Summary.Seconds));
    }

    [LinuxFact]
    public async Task A_duration_of_whole_intervals_ends_with_a_line()
    {
        using var monitor = new PortMonitor(_files.Healthy().Paths, 1, _time);
        Assert.Equal([0, 1, 2, 3], await WatchAsync(monitor, _second, TimeSpan.FromSeconds(3)));
    }

    [LinuxFact]
    public async Task A_duration_shorter_than_an_interval_has_peaks_and_no_line()
    {
        using var monitor = new PortMonitor(_files.Healthy(7).Paths, 1, _time);
        Assert.Equal([0], await WatchAsync(monitor, _second, TimeSpan.FromMilliseconds(300)));
        Assert.Equal((0, 0.3, 0L), (monitor.Summary.Lines, monitor.Summary.Seconds, monitor.Summary.Totals.Opens));
    }

    [Theory]
    [InlineData(1.0, 2)]
    [InlineData(1.003, 2)]
    [InlineData(1.5, 2)]
    [InlineData(1.501, 3)]
    [InlineData(7.2, 8)]
    [InlineData(86_400.001, 86_401)]
    public void Late_line_does_not_delay_the_following_lines(double now, double due) =>
        Assert.Equal(TimeSpan.FromSeconds(due), PortMonitor.DueAfter(TimeSpan.FromSeconds(now), _second));

    [NetnsFact]
    public async Task Short_queue_peaks_overflows_and_both_ends_are_seen()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.core.somaxconn", "2");
        using var sockets = new NamespaceSockets(network, backlog: 511);
        using var monitor = network.Inside(() => new PortMonitor(_ofThread, sockets.Port, _time));
        await using var lines = monitor.WatchAsync(_second, null, _stop.Token).GetAsyncEnumerator();
        await lines.MoveNextAsync();
        Assert.Equal(new AcceptQueue(0, 0, 2), lines.Current.AcceptQueue);

        var next = lines.MoveNextAsync().AsTask();
        await LookedAsync();
        for (var waiting = 0; waiting < 3; waiting++)
        {
            sockets.Connect();
        }

        sockets.BeginConnect();
        await LookedAsync();
        for (var waiting = 0; waiting < 3; waiting++)
        {
            sockets.Accept();
        }

        await PlayAsync(next);
        Assert.Equal(new AcceptQueue(0, 3, 2), lines.Current.AcceptQueue);
        Assert.Equal((1, 3), (lines.Current.Client!.SynSent, lines.Current.Client.Estab));
        Assert.Equal(3, lines.Current.Server!.Estab);
        Assert.True(lines.Current.Rates.Overflows >= 1);
        await _stop.CancelAsync();
        Assert.False(await PlayAsync(lines.MoveNextAsync().AsTask()));
        Assert.Equal((3, 2L), (monitor.Summary.Peaks.AcceptQueue!.Value, monitor.Summary.AcceptQueueLimit));
        Assert.Equal((4L, 3L), (monitor.Summary.Totals.Opens, monitor.Summary.Totals.Accepts));
    }

    [LinuxFact]
    public async Task Missing_values_are_null_and_reported_unless_no_line_shows_them()
    {
        _files.Write("proc/net/netstat", KernelFiles.Counters("TcpExt", ["ListenOverflows", "ListenDrops"], 5));
        using var monitor = new PortMonitor(_files.Paths, 1, _time);
        await WatchAsync(monitor, _second, _second);
        var summary = monitor.Summary;
        Assert.Equal(new PerCounter<long?>(null, null, 0, 0, null, null), summary.Totals);
        Assert.Null(summary.Peaks.MemoryBytes);
        Assert.NotNull(summary.Peaks.Client.Estab);
        Assert.Equal(
            [
                $"What the kernel counts of connections and resets was not seen: {_files.PathOf("proc/net/snmp")} does not exist.",
                $"This kernel does not count TCPSynRetrans: {_files.PathOf("proc/net/netstat")} has no such columns.",
                $"How many sockets the machine has was not seen: {_files.PathOf("proc/net/sockstat")} does not exist.",
            ],
            summary.Unseen.Take(3));
    }

    [Fact]
    public void Connection_table_of_the_system_is_counted_by_side()
    {
        var counts = ConnectionTable.Count(
            [
                new Connection(NetState.Established, 40000, 6379), new Connection(NetState.Established, 6379, 40000),
                new Connection(NetState.SynSent, 40001, 6379), new Connection(NetState.TimeWait, 6379, 40002),
                new Connection(NetState.Listen, 6379, 0), new Connection(NetState.Established, 40000, 6380),
            ],
            6379);
        Assert.Equal("ESTAB 1, SYN-SENT 1", SocketDiagSpecs.Describe(counts.Client));
        Assert.Equal("ESTAB 1, TIME-WAIT 1", SocketDiagSpecs.Describe(counts.Server));
    }

    [Fact]
    public void Connection_that_the_kernel_lists_twice_counts_once()
    {
        var pair = new[] { new Connection(NetState.Established, 40000, 6379), new Connection(NetState.Established, 6379, 40000) };
        var counts = ConnectionTable.Count([.. pair, new Connection(NetState.Established, 40001, 6379), .. pair], 6379);
        Assert.Equal("ESTAB 2", SocketDiagSpecs.Describe(counts.Client));
        Assert.Equal("ESTAB 1", SocketDiagSpecs.Describe(counts.Server));
    }

    private async Task<List<double>> WatchAsync(PortMonitor monitor, TimeSpan interval, TimeSpan duration)
    {
        var seconds = new List<double>();
        await PlayAsync(Task.Run(async () =>
        {
            await foreach (var line in monitor.WatchAsync(interval, duration, _stop.Token))
            {
                seconds.Add(line.Seconds);
            }

            return true;
        }));
        return seconds;
    }

    // From one alarm to the next, until the task is done.
    private async Task<T> PlayAsync<T>(Task<T> task)
    {
        using var limit = new CancellationTokenSource(_patience);
        while (!task.IsCompleted)
        {
            limit.Token.ThrowIfCancellationRequested();
            if (_time.NextAlarm is { } alarm)
            {
                _time.Advance(alarm);
            }

            await Task.Yield();
        }

        return await task;
    }

    // Waits until it waits, lets that time pass, and waits until it waits again: it has looked then.
    private async Task LookedAsync()
    {
        await AlarmAsync();
        _time.Advance(_time.NextAlarm!.Value);
        await AlarmAsync();
    }

    private async Task AlarmAsync()
    {
        using var limit = new CancellationTokenSource(_patience);
        while (_time.NextAlarm is null)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class Connection(NetState state, int local, int remote) : TcpConnectionInformation
    {
        public override IPEndPoint LocalEndPoint => new(IPAddress.Loopback, local);

        public override IPEndPoint RemoteEndPoint => new(IPAddress.Loopback, remote);

        public override NetState State => state;
    }
}
