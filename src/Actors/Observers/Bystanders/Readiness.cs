using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorLoad.Observers.Bystanders;

/// <summary>Waits until one of a few sockets can be read or has connected, or a time has passed, to the microsecond on Linux.</summary>
/// <remarks>Calls <c>ppoll</c> itself. .NET's Select and Poll cut the time to milliseconds, so a wait for a due time would end late or
/// spin.</remarks>
internal sealed class Readiness(int sockets)
{
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const int Nothing = -1; // poll skips it

    private readonly Socket?[] _sockets = new Socket?[sockets];
    private readonly PollEntry[] _entries = new PollEntry[sockets];

    /// <summary>Sets the socket to wait for at a place; null waits for no socket.</summary>
    public void Watch(int place, Socket? socket, bool untilConnected)
    {
        _sockets[place] = socket;
        _entries[place] = new PollEntry
        {
            Descriptor = (int?)socket?.SafeHandle.DangerousGetHandle() ?? Nothing,
            Events = untilConnected ? PollOut : PollIn,
        };
    }

    /// <summary>True if the socket at a place is ready or has an error.</summary>
    public bool IsReady(int place) => _entries[place].Happened != 0;

    /// <summary>Waits; may return early without a ready socket.</summary>
    public void Wait(TimeSpan atMost)
    {
        if (!OperatingSystem.IsLinux())
        {
            Select(atMost);
            return;
        }

        var (seconds, rest) = Math.DivRem(atMost.Ticks, TimeSpan.TicksPerSecond);
        if (PPoll(_entries, (nuint)_entries.Length, new Timespec((nint)seconds, (nint)(rest * TimeSpan.NanosecondsPerTick)), 0) < 0
            && Marshal.GetLastPInvokeError() is var error && error != InterruptedCall)
        {
            throw new SocketException(error, $"ppoll: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Waits where there is no <c>ppoll</c>, to the millisecond.</summary>
    internal void Select(TimeSpan atMost)
    {
        List<Socket> read = [], write = [], failed = [];
        for (var place = 0; place < _sockets.Length; place++)
        {
            if (_sockets[place] is { } socket)
            {
                (_entries[place].Events == PollOut ? write : read).Add(socket);
                failed.Add(socket);
            }
        }

        var whole = TimeSpan.FromMilliseconds(Math.Ceiling(atMost.TotalMilliseconds));
        if (failed.Count == 0)
        {
            Thread.Sleep(whole);
            return;
        }

        Socket.Select(read, write, failed, whole);
        for (var place = 0; place < _sockets.Length; place++)
        {
            if (_sockets[place] is { } socket && (read.Contains(socket) || write.Contains(socket) || failed.Contains(socket)))
            {
                _entries[place].Happened = _entries[place].Events;
            }
        }
    }

    private const int InterruptedCall = 4;

    [DllImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static extern int PPoll([In, Out] PollEntry[] entries, nuint count, in Timespec timeout, nint signals);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec(nint seconds, nint nanoseconds)
    {
        public readonly nint Seconds = seconds;
        public readonly nint Nanoseconds = nanoseconds;
    }
}
