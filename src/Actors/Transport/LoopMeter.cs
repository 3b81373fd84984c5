using System.Globalization;
using ActorLoad.Metrics;

namespace ActorLoad.Transport;

/// <summary>What the threads of the loops used during a run.</summary>
/// <param name="BusiestCpu">Processor time of the loop that used most.</param>
/// <param name="Wait">Time that all loops together were ready to run and waited for a processor.</param>
public sealed record LoopUsage(TimeSpan BusiestCpu, TimeSpan Wait)
{
    /// <summary>Processor time of all loops together.</summary>
    public TimeSpan Cpu { get; init; } = BusiestCpu;
}

/// <summary>Measures the threads of loops between two moments.</summary>
public interface ILoopMeter
{
    /// <summary>The first moment.</summary>
    void Start();

    /// <summary>What was used since then; null where the kernel does not tell.</summary>
    LoopUsage? Read();

    /// <summary>How often queues of all loops together were full since then; null for loops without such queues.</summary>
    QueueCounts? ReadQueues();

    /// <summary>When loops stood still since then, in order; pauses at the same time are one.</summary>
    IReadOnlyList<LoopPause> ReadPauses();

    /// <summary>Connects of the run from ports that the server may still have held.</summary>
    long ReadRetiredPorts();
}

/// <summary>Reads <c>schedstat</c> of the loops' threads (Linux only). If a loop moves between threads (<c>sockets</c> in the daemon), this
/// shows the first of them.</summary>
public sealed class LoopMeter(IReadOnlyList<TransportLoop> loops) : ILoopMeter
{
    private const string ThisThread = "/proc/thread-self";

    private readonly ThreadReading?[] _starts = new ThreadReading?[loops.Count];
    private readonly long[] _began = new long[loops.Count];
    private QueueCounts? _queues;

    /// <inheritdoc />
    public void Start()
    {
        _queues = SumOfQueues();
        for (var index = 0; index < loops.Count; index++)
        {
            var place = index;
            _began[index] = loops[index].Now;
            loops[index].Pauses.ForgetBefore(_began[index]);
            loops[index].Execute(new Akka.Dispatch.ActionRunnable(() => Volatile.Write(ref _starts[place], OfThisThread())));
        }
    }

    /// <inheritdoc />
    public LoopUsage? Read()
    {
        var (busiest, cpu, wait) = (0L, 0L, 0L);
        for (var index = 0; index < _starts.Length; index++)
        {
            if (Volatile.Read(ref _starts[index]) is not { } start || Read(start.File) is not { } end)
            {
                return null;
            }

            busiest = Math.Max(busiest, end.Cpu - start.Cpu);
            cpu += end.Cpu - start.Cpu;
            wait += end.Wait - start.Wait;
        }

        return new LoopUsage(Span(busiest), Span(wait)) { Cpu = Span(cpu) };
    }

    /// <inheritdoc />
    public QueueCounts? ReadQueues() => SumOfQueues() is { } now && _queues is { } start ? now - start : null;

    /// <inheritdoc />
    public IReadOnlyList<LoopPause> ReadPauses() => LoopPause.Union(loops.SelectMany((loop, index) => loop.Pauses.Since(_began[index])
        .Select(pause => new LoopPause(Seconds(loop, _began[index], pause.From), Seconds(loop, pause.From, pause.To)))));

    /// <inheritdoc />
    public long ReadRetiredPorts() => loops.Sum(loop => loop.Ports.RetiredTaken); // a run begins with new ports

    private static double Seconds(TransportLoop loop, long from, long to) => Math.Round(loop.Time.GetElapsedTime(from, to).TotalSeconds, 3);

    private static TimeSpan Span(long nanoseconds) => TimeSpan.FromMicroseconds(nanoseconds / 1000);

    private QueueCounts? SumOfQueues() => loops.Select(loop => loop.Queues).OfType<QueueCounts>()
        .Aggregate((QueueCounts?)null, (sum, one) => sum is null ? one : sum + one);

    private static ThreadReading? OfThisThread()
    {
        try
        {
            return File.ResolveLinkTarget(ThisThread, returnFinalTarget: false) is { } thread
                ? Read(Path.Combine(thread.FullName, "schedstat")) : null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null; // not Linux
        }
    }

    // The file has nanoseconds on a processor, nanoseconds of waiting for one, and a count.
    private static ThreadReading? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Split(' ') is [var cpu, var wait, ..]
                && long.TryParse(cpu, CultureInfo.InvariantCulture, out var ran)
                && long.TryParse(wait, CultureInfo.InvariantCulture, out var waited)
                ? new ThreadReading(file, ran, waited)
                : null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record ThreadReading(string File, long Cpu, long Wait);
}
