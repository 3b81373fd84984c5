using System.Net;

namespace ActorLoad.Transport;

/// <summary>The ports of one loop for connections to one target: as many as were ever open there at once, from the start of the range. A
/// connection gives its port back to the end of a queue, from which later connections take theirs.</summary>
internal sealed class TargetPorts(SlotPorts all, IPAddress? source, IReadOnlyList<int> usable)
{
    /// <summary>Not bound: the kernel chooses.</summary>
    public const int KernelsChoice = 0;

    private readonly Queue<int> _free = new();
    private readonly Queue<int> _setAside = new();
    private readonly Queue<int> _retired = new();
    private readonly UsedPorts? _used = source is null ? null : all.UsedAt(source);
    private int _next;

    /// <summary>The local address to bind; null if no route leads to the target.</summary>
    public IPAddress? Source => source;

    /// <summary>True if connections to other targets have the same ports.</summary>
    public bool AreShared => all.AreShared;

    /// <summary>True if every port is in use, by us or by other processes.</summary>
    public bool IsUsedUp => _free.Count == 0 && _next >= usable.Count;

    /// <summary>The port that has been free for longest, else the next of the range, else a port that was set aside and may be free by now,
    /// else a port that the server may still hold; <see cref="KernelsChoice"/> when no port is left.</summary>
    public int Take()
    {
        if (_free.TryDequeue(out var port))
        {
            return port;
        }

        if (_used is not null && _next < usable.Count)
        {
            _used.Add(usable[_next]);
            return usable[_next++];
        }

        if (_setAside.TryDequeue(out port))
        {
            return port;
        }

        if (!_retired.TryDequeue(out port))
        {
            return KernelsChoice;
        }

        all.TookRetired();
        return port;
    }

    /// <summary>A connection goes without a port of ours: the kernel chooses one.</summary>
    public void LeaveToKernel() => _used?.AddAny();

    /// <summary>The socket of that port has been closed.</summary>
    public void GiveBack(int port) => _free.Enqueue(port);

    /// <summary>The socket of that port has been closed, and the server may still hold its half. It would answer the next SYN for the last
    /// connection, and that SYN would have to be sent again.</summary>
    public void Retire(int port) => _retired.Enqueue(port);

    /// <summary>Another process holds that port.</summary>
    public void SetAside(int port) => _setAside.Enqueue(port);
}
