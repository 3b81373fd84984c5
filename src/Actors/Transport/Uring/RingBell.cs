using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>What wakes a loop that sleeps in the kernel: an eventfd that its ring reads.</summary>
internal sealed unsafe class RingBell : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly ulong* _rung;

    /// <summary>Throws <see cref="RingUnavailableException"/> if there is no descriptor for it.</summary>
    public RingBell()
    {
        _file = EventFd(0, EFD_CLOEXEC);
        if (_file.IsInvalid)
        {
            throw new RingUnavailableException($"no eventfd: errno {Marshal.GetLastPInvokeError()}");
        }

        _rung = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));
    }

    /// <summary>True while a read is under way, for which the kernel may write to our memory.</summary>
    public bool IsListening { get; private set; }

    /// <summary>Wakes the loop, or ends its next read. Safe from any thread; does nothing after <see cref="Dispose"/>.</summary>
    public void Sound()
    {
        ulong one = 1;
        try
        {
            _ = Write(_file, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended.
        }
    }

    /// <summary>Prepares the read that ends when the bell sounds.</summary>
    public void Listen(Ring ring)
    {
        ref var read = ref ring.Prepare(IORING_OP_READ, (int)_file.DangerousGetHandle(), (ulong)RingOperation.Bell);
        (read.Address, read.Length) = ((ulong)_rung, sizeof(ulong));
        IsListening = true;
    }

    /// <summary>The read has ended.</summary>
    public void Heard() => IsListening = false;

    /// <summary>Frees descriptor and memory; the memory only if the kernel no longer writes to it.</summary>
    public void Dispose()
    {
        _file.Dispose();
        if (!IsListening)
        {
            NativeMemory.Free(_rung);
        }
    }
}
