using System.Runtime.InteropServices;

namespace ActorLoad.Transport.Uring;

/// <summary>Kinds of operation; the low byte of their user data.</summary>
internal enum RingOperation : byte
{
    /// <summary>The read of the eventfd that wakes the loop.</summary>
    Bell,
    Connect,
    Send,

    /// <summary>The send of what found no room at once, beside a receive.</summary>
    Rest,
    Receive,
    Close,
    Cancel,
}

/// <summary>
/// Descriptor and buffers of one connection, and the count of its operations that the kernel has not completed. The next connection gets
/// the slot only when that count is zero, the close included: until then the kernel may write to the buffer, and the port is taken. The
/// generation in the user data tells completions of one connection from those of the next.
/// </summary>
internal sealed unsafe class RingSlot(int index)
{
    /// <summary>Bytes of a command that fit without an allocation.</summary>
    public const int UsualCommand = 128;

    /// <summary>No descriptor.</summary>
    public const int NoFile = -1;

    /// <summary>Room for a <c>struct sockaddr_in6</c>, and what follows it stays aligned.</summary>
    public const int AddressSize = 32;

    private byte* _memory;
    private byte* _large;
    private int _largeSize;

    public int Index { get; } = index;

    public uint Generation { get; private set; } = 1;

    public int File { get; set; } = NoFile;

    public RingLink? Link { get; set; }

    public int InFlight { get; set; }

    /// <summary>The operation that a cancel names; of two, the one that it tries next.</summary>
    public RingOperation UnderWay { get; private set; }

    /// <summary>True while the rest of a command is being sent.</summary>
    public bool IsSendingRest { get; private set; }

    public bool IsClosing { get; set; }

    public int ReceiveBuffer { get; private set; }

    public byte* Address => _memory;

    public byte* Outgoing => _large is null ? _memory + AddressSize : _large;

    public byte* Incoming => _memory + AddressSize + UsualCommand;

    public ulong UserData(RingOperation operation) => ((ulong)Generation << 32) | ((ulong)(uint)Index << 8) | (byte)operation;

    /// <summary>Readies the slot for a new owner.</summary>
    public void Take(RingLink link, int receiveBuffer)
    {
        if (ReceiveBuffer != receiveBuffer)
        {
            NativeMemory.Free(_memory);
            _memory = (byte*)NativeMemory.AllocZeroed((nuint)(AddressSize + UsualCommand + receiveBuffer));
            ReceiveBuffer = receiveBuffer;
        }

        (Link, IsClosing, InFlight, File, IsSendingRest) = (link, false, 0, NoFile, false);
    }

    /// <summary>Closes the descriptor at once.</summary>
    public void CloseFile()
    {
        Kernel.Close(File);
        File = NoFile;
    }

    /// <summary>An operation has been prepared: one completion will come.</summary>
    public void Begin(RingOperation operation)
    {
        UnderWay = operation;
        IsSendingRest |= operation == RingOperation.Rest;
        InFlight++;
    }

    /// <summary>Its completion has come.</summary>
    public void End(RingOperation operation)
    {
        InFlight--;
        if (IsSendingRest)
        {
            IsSendingRest = operation != RingOperation.Rest;
            UnderWay = IsSendingRest ? RingOperation.Rest : RingOperation.Receive;
        }
    }

    /// <summary>A cancel did not find the operation under way: if there are two, it is the other one's turn.</summary>
    public void TurnToOther() => UnderWay = UnderWay switch
    {
        RingOperation.Receive => IsSendingRest ? RingOperation.Rest : RingOperation.Send,
        RingOperation.Send or RingOperation.Rest => RingOperation.Receive,
        var other => other,
    };

    /// <summary>Parts with the last owner, of which nothing is in flight any more.</summary>
    public void Release()
    {
        Generation++;
        Link = null;
        FreeLarge();
    }

    /// <summary>Room for a command of that size.</summary>
    public Span<byte> Room(int size)
    {
        if (size > UsualCommand && size > _largeSize)
        {
            FreeLarge();
            _large = (byte*)NativeMemory.Alloc((nuint)size);
            _largeSize = size;
        }

        return new Span<byte>(Outgoing, size);
    }

    /// <summary>Frees the slot's memory, for good.</summary>
    public void Free()
    {
        FreeLarge();
        NativeMemory.Free(_memory);
        _memory = null;
    }

    private void FreeLarge()
    {
        NativeMemory.Free(_large);
        _large = null;
        _largeSize = 0;
    }
}
