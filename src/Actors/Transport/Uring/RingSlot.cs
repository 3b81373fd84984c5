using System.Runtime.InteropServices;

namespace ActorLoad.Transport.Uring;

/// <summary>What an operation in flight is; the low byte of its user data.</summary>
internal enum RingOperation : byte
{
    /// <summary>The read of the eventfd that wakes the loop.</summary>
    Bell,
    Connect,
    Send,
    Receive,
    Close,
    Cancel,
}

/// <summary>
/// The place of one connection on a ring: descriptor, buffers, and the count of operations that the kernel has not let go of. A slot is
/// given out again only when that count is back to zero, its close included: until then the kernel may write to its buffer, and its port is
/// taken. The generation in the user data tells a completion of its last owner from one of the present one.
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

    /// <summary>The operation that is to be cancelled, should it come to that; of a chain, whichever is tried next.</summary>
    public RingOperation UnderWay { get; set; }

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

        (Link, IsClosing, InFlight, File) = (link, false, 0, NoFile);
    }

    /// <summary>An operation has been prepared: one completion will come.</summary>
    public void Begin(RingOperation operation)
    {
        UnderWay = operation;
        InFlight++;
    }

    /// <summary>Nothing of the last owner is in flight any more.</summary>
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
