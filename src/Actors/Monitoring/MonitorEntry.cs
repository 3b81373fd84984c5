using System.Text.Json.Serialization;

namespace ActorLoad.Monitoring;

/// <summary>What a monitor says: <see cref="MonitorLine"/>s, and a <see cref="MonitorSummary"/> at the end. Null is what could not be
/// seen.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(MonitorLine), "interval")]
[JsonDerivedType(typeof(MonitorSummary), "summary")]
public abstract record MonitorEntry;

/// <summary>The sockets of a port, and the machine's TCP, at one moment.</summary>
/// <param name="Port">The port that is watched.</param>
/// <param name="At">When it was read.</param>
/// <param name="Seconds">Since the monitor began.</param>
/// <param name="Client">Sockets whose remote end has the port.</param>
/// <param name="Server">Sockets whose local end has the port, without the listeners.</param>
/// <param name="AcceptQueue">Of the listener on the port; null also if there is none in this network namespace.</param>
/// <param name="Memory">What TCP takes of the machine's memory.</param>
/// <param name="Rates">What the counters grew by in a second, since the line before; null in the first line.</param>
public sealed record MonitorLine(
    int Port, DateTimeOffset At, double Seconds, PerState<int>? Client, PerState<int>? Server, AcceptQueue? AcceptQueue, TcpMemory? Memory,
    PerCounter<double?> Rates) : MonitorEntry;

/// <summary>Connections that wait to be accepted. If a port has several listeners: of the one that has most, with the smallest
/// limit.</summary>
/// <param name="Now">When it was read.</param>
/// <param name="Peak">The most since the line before: queues are looked at far more often than lines are made. One more than the limit is
/// full.</param>
/// <param name="Limit">The listener's backlog as the kernel cut it to somaxconn.</param>
public sealed record AcceptQueue(long Now, long Peak, long Limit);

/// <summary>Memory of all TCP sockets of the machine, in bytes.</summary>
/// <param name="Now">When it was read.</param>
/// <param name="Limit">The last of <c>net.ipv4.tcp_mem</c>, from which on sockets get none; null where it is not shown.</param>
public sealed record TcpMemory(long Now, long? Limit);

/// <summary>A highest value, and when it was seen first.</summary>
public sealed record Peak(double Value, DateTimeOffset At);

/// <summary>Everything that was seen, in one.</summary>
/// <param name="Port">The port that was watched.</param>
/// <param name="StartedAt">When the first reading was taken.</param>
/// <param name="Seconds">From the first reading to the last.</param>
/// <param name="Lines">How many lines were made.</param>
/// <param name="Peaks">The highest of everything.</param>
/// <param name="AcceptQueueLimit">As it was last seen.</param>
/// <param name="MemoryLimitBytes">See <see cref="TcpMemory"/>.</param>
/// <param name="Totals">What the counters grew by in all.</param>
/// <param name="Unseen">What could not be seen, in sentences.</param>
public sealed record MonitorSummary(
    int Port, DateTimeOffset StartedAt, double Seconds, int Lines, MonitorPeaks Peaks, long? AcceptQueueLimit, long? MemoryLimitBytes,
    PerCounter<long?> Totals, IReadOnlyList<string> Unseen) : MonitorEntry;

/// <summary>The highest values; null for what was never seen.</summary>
/// <param name="Client">By state.</param>
/// <param name="Server">By state.</param>
/// <param name="AcceptQueue">Connections that waited to be accepted.</param>
/// <param name="MemoryBytes">Memory of TCP.</param>
/// <param name="Rates">A second, over whole intervals.</param>
public sealed record MonitorPeaks(
    PerState<Peak?> Client, PerState<Peak?> Server, Peak? AcceptQueue, Peak? MemoryBytes, PerCounter<Peak?> Rates);
