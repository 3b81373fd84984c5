using System.Globalization;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Monitoring;

/// <summary>Turns readings of the kernel into lines, and keeps their peaks.</summary>
/// <param name="port">The watched port.</param>
/// <param name="settings">The machine's settings, for <c>net.ipv4.tcp_mem</c>.</param>
/// <param name="pageSize">Bytes of a page, the kernel's unit of memory.</param>
/// <param name="time">The clock of the readings' timestamps.</param>
/// <param name="unseen">Collects what cannot be seen.</param>
internal sealed class MonitorRecorder(
    int port, IReadOnlyDictionary<string, string> settings, int pageSize, TimeProvider time, UnseenNotes unseen)
{
    private readonly PeakWatch[] _client = PeakWatch.Many(PerState.Names.Count);
    private readonly PeakWatch[] _server = PeakWatch.Many(PerState.Names.Count);
    private readonly Dictionary<string, PeakWatch> _rates = PerCounter.Names.ToDictionary(name => name, _ => new PeakWatch());
    private readonly Dictionary<string, long> _lastValues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _totals = new(StringComparer.Ordinal);
    private readonly PeakWatch _queue = new();
    private readonly PeakWatch _memory = new();
    private readonly long? _memoryLimit = MemoryLimit(settings, pageSize);
    private DateTimeOffset _startedAt;
    private long? _start;
    private long _last;
    private long _queuePeak;
    private long? _queueLimit;
    private int _lines;

    /// <summary>Makes a line of a reading. The first line has no rates, because nothing was read before it, and is not counted.</summary>
    public MonitorLine Add(KernelReading reading, DateTimeOffset at)
    {
        var isFirst = _start is null;
        var seconds = isFirst ? 0 : time.GetElapsedTime(_last, reading.At).TotalSeconds;
        var line = Take(reading, at, seconds);
        _lines += isFirst ? 0 : 1;
        foreach (var (name, rate) in PerCounter.Names.Zip(line.Rates.ToList()))
        {
            _rates[name].Add(rate, at);
        }

        return line;
    }

    /// <summary>Adds the last reading, which ends an interval early: a rate over a few milliseconds is no peak.</summary>
    public void End(KernelReading reading, DateTimeOffset at) => Take(reading, at, 0);

    /// <summary>Adds a look at the accept queue between readings.</summary>
    public void AddListeners(SocketCounts sockets, DateTimeOffset at)
    {
        if (sockets.AcceptQueue is { } queue)
        {
            _queue.Add(queue, at);
            _queuePeak = Math.Max(_queuePeak, queue);
            _queueLimit = sockets.AcceptQueueLimit ?? _queueLimit;
        }
    }

    /// <summary>True until a reading shows anything.</summary>
    public bool IsBlind { get; private set; } = true;

    /// <summary>The summary so far.</summary>
    public MonitorSummary Summary() => new(
        port, _startedAt, Seconds(_last), _lines,
        new MonitorPeaks(
            PerState.Of(_client.Select(watch => watch.Peak).ToList()), PerState.Of(_server.Select(book => book.Peak).ToList()),
            _queue.Peak, _memory.Peak, PerCounter.Of(name => _rates[name].Peak)),
        _queueLimit, _memoryLimit,
        PerCounter.Of(name => _totals.TryGetValue(name, out var total) ? total : (long?)null), [.. unseen.Sentences]);

    private MonitorLine Take(KernelReading reading, DateTimeOffset at, double seconds)
    {
        if (_start is null)
        {
            (_start, _startedAt) = (reading.At, at);
        }

        _last = reading.At;
        IsBlind &= reading is { Counters.Values.Count: 0, Levels.Count: 0, Sockets: null };
        var rates = PerCounter.Of(name =>
            Growth(name, reading) is { } growth && seconds > 0 ? Math.Round(growth / seconds, 1) : (double?)null);
        var client = reading.Sockets is { } ours ? PerState.Count(ours.Client) : null;
        var server = reading.Sockets is { } theirs ? PerState.Count(theirs.Server) : null;
        AddStates(_client, client, at);
        AddStates(_server, server, at);
        return new MonitorLine(port, at, Seconds(reading.At), client, server, Queue(reading.Sockets, at), Memory(reading, at), rates);
    }

    private AcceptQueue? Queue(SocketCounts? sockets, DateTimeOffset at)
    {
        if (sockets is null)
        {
            return null; // the reading has noted why
        }

        AddListeners(sockets, at);
        var peak = _queuePeak;
        _queuePeak = 0;
        if (sockets is { AcceptQueue: { } now, AcceptQueueLimit: { } limit })
        {
            return new AcceptQueue(now, peak, limit);
        }

        unseen.Add(
            "listener",
            $"For a time nothing listened on port {port} in this network namespace. "
            + "An accept queue is visible only beside its server.");
        return null;
    }

    private TcpMemory? Memory(KernelReading reading, DateTimeOffset at)
    {
        if (!reading.Levels.TryGetValue("mem", out var pages))
        {
            unseen.Add("mem", "The memory of TCP was not seen: sockstat does not show it.");
            return null;
        }

        if (_memoryLimit is null)
        {
            unseen.Add("tcp_mem", "The limit of TCP's memory was not seen: net.ipv4.tcp_mem is not shown in this network namespace.");
        }

        _memory.Add(pages * pageSize, at);
        return new TcpMemory(pages * pageSize, _memoryLimit);
    }

    // Null for a counter that was absent before, or is absent now.
    private long? Growth(string name, KernelReading reading)
    {
        if (reading.Counters[name] is not { } value)
        {
            _lastValues.Remove(name);
            return null;
        }

        var growth = _lastValues.TryGetValue(name, out var earlier) ? NetCounters.Growth(name, earlier, value, unseen) : null;
        _lastValues[name] = value;
        if (growth is { } grown)
        {
            _totals[name] = _totals.GetValueOrDefault(name) + grown;
        }

        return growth;
    }

    private double Seconds(long timestamp) => _start is { } start ? Math.Round(time.GetElapsedTime(start, timestamp).TotalSeconds, 3) : 0;

    private static void AddStates(PeakWatch[] books, PerState<int>? counts, DateTimeOffset at)
    {
        foreach (var (book, count) in books.Zip(counts?.ToList() ?? []))
        {
            book.Add(count, at);
        }
    }

    // "low pressure high", in pages.
    private static long? MemoryLimit(IReadOnlyDictionary<string, string> settings, int pageSize) =>
        settings.TryGetValue("net.ipv4.tcp_mem", out var pages)
        && long.TryParse(pages.Split(' ')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit * pageSize : null;
}
