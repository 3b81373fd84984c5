using System.Text.Json.Serialization;

namespace ActorLoad.Monitoring;

/// <summary>Output of a monitor: <see cref="MonitorLine"/>s, and a <see cref="MonitorSummary"/> at the end. Null means not seen.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(MonitorLine), "interval")]
[JsonDerivedType(typeof(MonitorSummary), "summary")]
public abstract record MonitorEntry;

/// <summary>The sockets of a port, and the machine's TCP, at one moment.</summary>
/// <param name="Port">The watched port.</param>
/// <param name="At">The time of the reading.</param>
/// <param name="Seconds">Since the monitor began.</param>
/// <param name="Client">Sockets with the port at their remote end.</param>
/// <param name="Server">Sockets with the port at their local end, without listeners.</param>
/// <param name="AcceptQueue">The queue of the listener on the port; null also without a listener in this network namespace.</param>
/// <param name="Memory">The machine's memory for TCP.</param>
/// <param name="Rates">Growth of the counters per second since the last line; null in the first line.</param>
public sealed record MonitorLine(
    int Port, DateTimeOffset At, double Seconds, PerState<int>? Client, PerState<int>? Server, AcceptQueue? AcceptQueue, TcpMemory? Memory,
    PerCounter<double?> Rates) : MonitorEntry;

/// <summary>Connections that wait to be accepted. With several listeners: the longest queue, and the smallest limit.</summary>
/// <param name="Now">The value at the reading.</param>
/// <param name="Peak">The most since the last line, from looks that are far more frequent than lines. Limit plus one is full.</param>
/// <param name="Limit">The listener's backlog as the kernel cut it to somaxconn.</param>
public sealed record AcceptQueue(long Now, long Peak, long Limit);

/// <summary>Memory of all TCP sockets of the machine, in bytes.</summary>
/// <param name="Now">The value at the reading.</param>
/// <param name="Limit">The last value of <c>net.ipv4.tcp_mem</c>, above which sockets get no memory; null if not shown.</param>
public sealed record TcpMemory(long Now, long? Limit);

/// <summary>The highest value, and when it was first seen.</summary>
public sealed record Peak(double Value, DateTimeOffset At);

/// <summary>The summary of all readings.</summary>
/// <param name="Port">The watched port.</param>
/// <param name="StartedAt">The time of the first reading.</param>
/// <param name="Seconds">From the first reading to the last.</param>
/// <param name="Lines">The number of lines.</param>
/// <param name="Peaks">The highest values.</param>
/// <param name="AcceptQueueLimit">The last seen limit.</param>
/// <param name="MemoryLimitBytes">See <see cref="TcpMemory"/>.</param>
/// <param name="Totals">Total growth of the counters.</param>
/// <param name="Unseen">Values that were not seen, in sentences.</param>
public sealed record MonitorSummary(
    int Port, DateTimeOffset StartedAt, double Seconds, int Lines, MonitorPeaks Peaks, long? AcceptQueueLimit, long? MemoryLimitBytes,
    PerCounter<long?> Totals, IReadOnlyList<string> Unseen) : MonitorEntry;

/// <summary>The highest values; null if never seen.</summary>
/// <param name="Client">By state.</param>
/// <param name="Server">By state.</param>
/// <param name="AcceptQueue">Connections that waited to be accepted.</param>
/// <param name="MemoryBytes">Memory of TCP.</param>
/// <param name="Rates">Per second, over whole intervals.</param>
public sealed record MonitorPeaks(
    PerState<Peak?> Client, PerState<Peak?> Server, Peak? AcceptQueue, Peak? MemoryBytes, PerCounter<Peak?> Rates);
