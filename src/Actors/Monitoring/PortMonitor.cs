using System.Net;
using System.Runtime.CompilerServices;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Monitoring;

/// <summary>Watches both ends of the sockets of one port in this network namespace, and the machine's TCP. Changes nothing. Needs only the
/// rights to read /proc and to ask <c>sock_diag</c>. One user at a time.</summary>
public sealed class PortMonitor : IDisposable
{
    // A queue fills and empties within an interval, and a look costs 20 us.
    private static readonly TimeSpan _lookStep = TimeSpan.FromMilliseconds(20);

    private readonly int _port;
    private readonly TimeProvider _time;
    private readonly KernelSources _sources;
    private readonly MonitorRecorder _book;

    /// <summary>Opens its sources.</summary>
    public PortMonitor(KernelPaths paths, int port, TimeProvider time)
    {
        (_port, _time) = (port, time);
        _sources = new KernelSources(paths, [new IPEndPoint(IPAddress.Any, port)], time, PerCounter.Names);
        _book = new MonitorRecorder(port, _sources.Settings, Environment.SystemPageSize, time, _sources.Unseen);
    }

    /// <summary>The summary so far.</summary>
    public MonitorSummary Summary => _book.Summary();

    /// <summary>True if no reading has shown anything: another system, or a container that shows nothing.</summary>
    public bool IsBlind => _book.IsBlind;

    /// <summary>Yields a line without rates at once, and then one at each multiple of <paramref name="interval"/> from the start. It skips
    /// lines that would be late by more than half an interval. It ends after <paramref name="duration"/>, or without an exception on
    /// <paramref name="stop"/>. A last look completes the summary.</summary>
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

    // The next multiple at least half an interval away: with a shorter distance, rates would be meaningless.
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

    // Timers count in whole milliseconds: a shorter wait would not wait at all.
    private Task WaitAsync(TimeSpan span, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds)), _time, stop).ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
