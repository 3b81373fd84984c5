using System.Net;
using ActorLoad.Metrics;

namespace ActorLoad.Transport;

/// <summary>The port of one connection, from before its connect until its close is complete.</summary>
/// <param name="ports">Where it comes from; null if the kernel chooses.</param>
/// <param name="address">The source address that the run file wants; null if the route has one.</param>
internal struct PortLease(TargetPorts? ports, IPAddress? address = null)
{
    // A process that holds a port may hold the thousands after it, and trying them all would count as the connection's own time.
    private const int MostTries = 3;

    private int _tries;

    /// <summary>The port; <see cref="TargetPorts.KernelsChoice"/> without a port of ours.</summary>
    public int Port { get; private set; }

    /// <summary>True if we gave up its connect before an answer came: the server may still hold its half of the connection.</summary>
    public bool IsUnanswered { get; set; }

    /// <summary>The address to bind together with <see cref="Port"/>.</summary>
    public readonly IPAddress Source => ports!.Source!;

    /// <summary>The address to bind even if the kernel chooses the port; null if the route has one.</summary>
    public readonly IPAddress? Wanted => address;

    /// <summary>Where the port comes from.</summary>
    public readonly TargetPorts? Ports => ports;

    /// <summary>True if the same port may be bound for another target at the same time.</summary>
    public readonly bool IsShared => ports!.AreShared;

    /// <summary>True if the socket is bound to a port of ours.</summary>
    public readonly bool IsHeld => Port != TargetPorts.KernelsChoice;

    /// <summary>The lease of a connection to <paramref name="target"/> that has no port yet.</summary>
    /// <param name="all">The ports of its loop.</param>
    /// <param name="target">Where to.</param>
    /// <param name="settings">Who chooses the port, and from which addresses.</param>
    public static PortLease For(SlotPorts all, Endpoint target, SocketSettings settings) =>
        target.Address is { } address ? For(all, address, settings) : default; // a Unix socket has no port

    private static PortLease For(SlotPorts all, IPEndPoint target, SocketSettings settings)
    {
        var isOurs = settings.Ports == PortChoice.Slot;
        var ports = isOurs || settings.Sources is not null ? all.For(target, settings.Sources) : null;
        return new PortLease(isOurs ? ports : null, settings.Sources is null ? null : ports?.Source);
    }

    /// <summary>Takes a port to try. The port before it belongs to another process: it is set aside. False: the kernel chooses.</summary>
    public bool TryNext()
    {
        if (IsHeld)
        {
            ports!.SetAside(Port);
        }

        Port = ports is not null && _tries++ < MostTries ? ports.Take() : TargetPorts.KernelsChoice;
        if (!IsHeld)
        {
            ports?.LeaveToKernel();
        }

        return IsHeld;
    }

    /// <summary>The socket has been closed. Safe to call again.</summary>
    public void End()
    {
        if (IsHeld)
        {
            if (IsUnanswered)
            {
                ports!.Retire(Port);
            }
            else
            {
                ports!.GiveBack(Port);
            }

            Port = TargetPorts.KernelsChoice;
        }
    }
}
