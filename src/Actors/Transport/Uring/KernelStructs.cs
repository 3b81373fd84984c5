using System.Runtime.InteropServices;

namespace ActorLoad.Transport.Uring;

/// <summary><c>struct io_uring_params</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Parameters
{
    public uint SqEntries;
    public uint CqEntries;
    public uint Flags;
    public uint SqThreadCpu;
    public uint SqThreadIdle;
    public uint Features;
    public uint WqFd;
    public fixed uint Reserved[3];
    public SqOffsets Sq;
    public CqOffsets Cq;
}

/// <summary><c>struct io_sqring_offsets</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SqOffsets
{
    public uint Head;
    public uint Tail;
    public uint RingMask;
    public uint RingEntries;
    public uint Flags;
    public uint Dropped;
    public uint Array;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary><c>struct io_cqring_offsets</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CqOffsets
{
    public uint Head;
    public uint Tail;
    public uint RingMask;
    public uint RingEntries;
    public uint Overflow;
    public uint Cqes;
    public uint Flags;
    public uint Reserved;
    public ulong UserAddress;
}

/// <summary><c>struct io_uring_sqe</c>: one operation to carry out.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct Submission
{
    public byte OpCode;
    public byte Flags;
    public ushort IoPriority;
    public int File;
    public ulong Offset;
    public ulong Address;
    public uint Length;
    public uint OperationFlags;
    public ulong UserData;
}

/// <summary><c>struct io_uring_cqe</c>: how an operation ended.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Completion
{
    public ulong UserData;
    public int Result;
    public uint Flags;
}

/// <summary><c>struct io_uring_probe</c>, without the <see cref="ProbeOperation"/>s that follow it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Probe
{
    public byte LastOp;
    public byte OpsLen;
    public ushort Reserved;
    public fixed uint Reserved2[3];
}

/// <summary><c>struct io_uring_probe_op</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProbeOperation
{
    public byte Op;
    public byte Reserved;
    public ushort Flags;
    public uint Reserved2;
}

/// <summary><c>struct io_uring_getevents_arg</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WaitArgument
{
    public ulong SignalMask;
    public uint SignalMaskSize;
    public uint Padding;
    public TimeSpec* Timeout;
}

/// <summary><c>struct __kernel_timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary><c>struct linger</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Linger
{
    public int OnOff;
    public int Seconds;
}
