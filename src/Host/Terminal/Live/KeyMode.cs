using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>The mode of stdin's terminal in which single keys are read, without echo. Signals and line ends stay as they are, so Ctrl-C and
/// Ctrl-Z do what they always do. Linux only.</summary>
/// <remarks>A process that is killed cannot restore the mode: its shell does, as for every job that a signal ended.</remarks>
internal static class KeyMode
{
    private const int TCSADRAIN = 1;
    private const uint ICANON = 0x2;
    private const uint ECHO = 0x8;

    // Of struct termios: four words of flags, a byte, then the control characters.
    private const int Bytes = 128;
    private const int LocalFlags = 12;
    private const int VTIME = 17 + 5;
    private const int VMIN = 17 + 6;

    private static readonly Lock _gate = new();
    private static byte[]? _before;
    private static bool _isOver;

    /// <summary>Sets the mode, also after somebody else has set another one, as a shell does before it continues a job.</summary>
    /// <returns>False in the background, and once the process is about to end: then nothing may be read.</returns>
    public static bool Set()
    {
        lock (_gate)
        {
            var mode = new byte[Bytes];
            if (_isOver || !TerminalDevice.IsForeground(TerminalDevice.Stdin) || GetMode(TerminalDevice.Stdin, mode) != 0)
            {
                return false;
            }

            var flags = BinaryPrimitives.ReadUInt32LittleEndian(mode.AsSpan(LocalFlags));
            if ((flags & ICANON) != 0)
            {
                _before = [.. mode];
                BinaryPrimitives.WriteUInt32LittleEndian(mode.AsSpan(LocalFlags), flags & ~(ICANON | ECHO));
                (mode[VTIME], mode[VMIN]) = (0, 0); // what is gone is not waited for
                _ = SetMode(TerminalDevice.Stdin, TCSADRAIN, mode);
            }

            return true;
        }
    }

    /// <summary>Restores the mode from before.</summary>
    /// <param name="isOver">True if it may not be set again.</param>
    public static void Restore(bool isOver)
    {
        lock (_gate)
        {
            _isOver |= isOver;
            if (_before is { } before && TerminalDevice.IsForeground(TerminalDevice.Stdin))
            {
                _ = SetMode(TerminalDevice.Stdin, TCSADRAIN, before);
            }

            _before = null;
        }
    }

    [DllImport("libc", EntryPoint = "tcgetattr")]
    private static extern int GetMode(int descriptor, byte[] mode);

    [DllImport("libc", EntryPoint = "tcsetattr")]
    private static extern int SetMode(int descriptor, int when, byte[] mode);
}
