using System.Net;
using System.Runtime.CompilerServices;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Monitoring;

/// <summary>Watches the sockets of one port in this network namespace, at either end, and the machine's TCP beside them. Changes nothing,
/// and needs no right beyond reading /proc and asking <c>sock_diag</c>. One user at a time.</summary>
public sealed class PortMonitor : IDisposable
{
    // A queue fills and empties within an interval; a look at it costs 20 us.
    private static readonly TimeSpan _lookStep = TimeSpan.FromMilliseconds(20);

    private readonly int _port;
    private readonly TimeProvider _time;
    private readonly KernelSources _sources;
    private readonly MonitorRecorder _book;

    /// <summary>Opens what is read.</summary>
    public PortMonitor(KernelPaths paths, int port, TimeProvider time)
    {
        (_port, _time) = (port, time);
        _sources = new KernelSources(paths, [new IPEndPoint(IPAddress.Any, port)], time, PerCounter.Names);
        _book = new MonitorRecorder(port, _sources.Settings, Environment.SystemPageSize, time, _sources.Unseen);
    }

    /// <summary>All that was seen so far.</summary>
    public MonitorSummary Summary => _book.Summary();

    /// <summary>True if no reading has shown anything at all: another system, or a container that shows nothing.</summary>
    public bool IsBlind => _book.IsBlind;

    /// <summary>A line at once, that has no rates, and then one at each multiple of <paramref name="interval"/> from the start; one that
    /// cannot be on time by half of it is left out. Ends after <paramref name="duration"/>, if there is one, or when it is told to
    /// <paramref name="stop"/>, without an exception, after a last look for the summary.</summary>
    public async IAsyncEnumerable<MonitorLine> WatchAsync(
        TimeSpan interval, TimeSpan? duration, [EnumeratorCancellation] CancellationToken stop)
    {
        var start = _time.GetTimestamp();
        var end = duration ?? TimeSpan.MaxValue;
        var due = interval;
        yield return _book.Add(Read(), _time.GetUtcNow());
        while (!stop.IsCancellationRequested)
        {
            var now = _time.GetElapsedTime(start);
            if (now >= due && due <= end)
            {
                yield return _book.Add(Read(), _time.GetUtcNow());
                due = DueAfter(now, interval);
            }
            else if (now >= end)
            {
                break;
            }
            else
            {
                Look();
                await WaitAsync(new[] { due - now, end - now, _lookStep }.Min(), stop);
            }
        }

        _book.End(Read(), _time.GetUtcNow());
    }

    /// <inheritdoc/>
    public void Dispose() => _sources.Dispose();

    // The next multiple that is at least half an interval away: two lines that are hardly apart would make rates out of nothing.
    internal static TimeSpan DueAfter(TimeSpan now, TimeSpan interval) =>
        interval * Math.Ceiling((now + (interval / 2)) / interval);

    private KernelReading Read()
    {
        var reading = _sources.Read(countAnew: true);
        return reading.Sockets is null ? reading with { Sockets = ConnectionTable.Read(_port, _sources.Unseen) } : reading;
    }

    private void Look()
    {
        if (_sources.ReadListeners() is { } listeners)
        {
            _book.AddListeners(listeners, _time.GetUtcNow());
        }
    }

    // Timers count in whole milliseconds: less would be no wait at all.
    private Task WaitAsync(TimeSpan span, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds)), _time, stop).ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
