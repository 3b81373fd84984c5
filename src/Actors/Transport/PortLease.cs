using System.Net;

namespace ActorLoad.Transport;

/// <summary>The port of one connection, from before its connect until its close is complete.</summary>
internal struct PortLease(TargetPorts? ports)
{
    // Somebody who holds a port may hold the thousands after it, and a connection that tried them all would be measured with that.
    private const int MostTries = 3;

    private int _tries;

    /// <summary>The port; <see cref="TargetPorts.KernelsChoice"/> if there is none.</summary>
    public int Port { get; private set; }

    /// <summary>True if its connect had no answer when it was given up: the server may know of it, and hears nothing of its end.</summary>
    public bool IsUnanswered { get; set; }

    /// <summary>Where to bind.</summary>
    public readonly IPAddress Source => ports!.Source!;

    /// <summary>True if the same port may be bound for another target at the same time.</summary>
    public readonly bool IsShared => ports!.AreShared;

    /// <summary>True if the socket is bound to a port of ours.</summary>
    public readonly bool IsHeld => Port != TargetPorts.KernelsChoice;

    /// <summary>Takes a port to try. The one before, if any, is somebody else's: it is set aside. False leaves the choice to the kernel.</summary>
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
