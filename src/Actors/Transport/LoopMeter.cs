using System.Globalization;

namespace ActorLoad.Transport;

/// <summary>What the threads of the loops used during a run.</summary>
/// <param name="BusiestCpu">Processor time of the loop that used most.</param>
/// <param name="Wait">Time in which loops were ready to run and had no processor, of all together.</param>
public sealed record LoopUsage(TimeSpan BusiestCpu, TimeSpan Wait);

/// <summary>Measures the threads of loops between two moments.</summary>
public interface ILoopMeter
{
    /// <summary>The first moment.</summary>
    void Start();

    /// <summary>What was used since then; null where the kernel does not tell.</summary>
    LoopUsage? Read();

    /// <summary>How often queues of the loops were full since then, of all together; null for loops that have none.</summary>
    QueueCounts? ReadQueues();
}

/// <summary>Reads <c>schedstat</c> of the loops' threads: Linux. A loop that moves from thread to thread (<c>sockets</c> in the daemon) shows what
/// the one did that it was on first.</summary>
public sealed class LoopMeter(IReadOnlyList<TransportLoop> loops) : ILoopMeter
{
    private const string ThisThread = "/proc/thread-self";

    private readonly ThreadReading?[] _starts = new ThreadReading?[loops.Count];
    private QueueCounts? _queues;

    /// <inheritdoc />
    public void Start()
    {
        _queues = SumOfQueues();
        for (var index = 0; index < loops.Count; index++)
        {
            var place = index;
            loops[index].Execute(new Akka.Dispatch.ActionRunnable(() => Volatile.Write(ref _starts[place], OfThisThread())));
        }
    }

    /// <inheritdoc />
    public LoopUsage? Read()
    {
        var (cpu, wait) = (0L, 0L);
        for (var index = 0; index < _starts.Length; index++)
        {
            if (Volatile.Read(ref _starts[index]) is not { } start || Read(start.File) is not { } end)
            {
                return null;
            }

            cpu = Math.Max(cpu, end.Cpu - start.Cpu);
            wait += end.Wait - start.Wait;
        }

        return new LoopUsage(TimeSpan.FromMicroseconds(cpu / 1000), TimeSpan.FromMicroseconds(wait / 1000));
    }

    /// <inheritdoc />
    public QueueCounts? ReadQueues() => SumOfQueues() is { } now && _queues is { } start ? now - start : null;

    private QueueCounts? SumOfQueues() => loops.Select(loop => loop.Queues).OfType<QueueCounts>().Aggregate((QueueCounts?)null, (sum, one) => sum is null ? one : sum + one);

    private static ThreadReading? OfThisThread()
    {
        try
        {
            return File.ResolveLinkTarget(ThisThread, returnFinalTarget: false) is { } thread ? Read(Path.Combine(thread.FullName, "schedstat")) : null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null; // not Linux
        }
    }

    // Nanoseconds on a processor, nanoseconds in the queue for one, and how often.
    private static ThreadReading? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Split(' ') is [var cpu, var wait, ..]
                && long.TryParse(cpu, CultureInfo.InvariantCulture, out var ran) && long.TryParse(wait, CultureInfo.InvariantCulture, out var waited)
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
