using System.Net;
using System.Net.Sockets;

namespace ActorLoad.Runs;

/// <summary>Looks up names without the pool's threads, because a silent resolver blocks a thread for half a minute.</summary>
public static class NameLookUp
{
    /// <summary>Time for all names of one target, or of one listen address.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Most look-ups at once in this process.
    private static readonly OwnThreads Threads = new("look-up", 32);

    /// <summary>The addresses of a host; throws <see cref="SocketException"/>. Has no time limit itself: see <see cref="Limit"/>.</summary>
    public static Task<IPAddress[]> FindAsync(string host, TimeProvider time, CancellationToken cancellation) => Threads.RunAsync(
        () => Dns.GetHostAddresses(host), Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, time, cancellation);
}
