using System.Runtime.InteropServices;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>Reads single keys from the terminal behind stdin while a view is shown, on a thread of its own.</summary>
internal sealed class Keyboard : IDisposable
{
    private const byte Escape = 27;
    private const int WaitMillis = 100;

    private readonly ManualResetEventSlim _end = new();
    private readonly Action<char> _pressed;
    private readonly PosixSignalRegistration? _suspended;

    private Keyboard(Action<char> pressed)
    {
        _pressed = pressed;

        // Not every shell restores the mode after Ctrl-Z.
        _suspended = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGTSTP, Suspend);
    }

    /// <summary>True if stdin is a terminal whose keys can be read.</summary>
    public static bool IsThere => OperatingSystem.IsLinux() && TerminalDevice.IsTerminal(TerminalDevice.Stdin);

    /// <summary>Reads until it is disposed; null if there is no keyboard.</summary>
    /// <param name="pressed">Called with each key but those that send a sequence, such as arrows.</param>
    public static Keyboard? Open(Action<char> pressed)
    {
        if (!IsThere)
        {
            return null;
        }

        var keyboard = new Keyboard(pressed);
        new Thread(keyboard.ReadUntilEnd) { IsBackground = true, Name = "keys" }.Start();
        return keyboard;
    }

    /// <summary>Restores the terminal's mode.</summary>
    public void Dispose()
    {
        _end.Set();
        _suspended?.Dispose();
        KeyMode.Restore(isOver: true);
    }

    private static void Suspend(PosixSignalContext context)
    {
        context.Cancel = true;
        KeyMode.Restore(isOver: false);
        TerminalDevice.StopThisProcess();
    }

    private void ReadUntilEnd()
    {
        var bytes = new byte[16];
        while (!_end.IsSet)
        {
            if (!KeyMode.Set())
            {
                _end.Wait(WaitMillis);
                continue;
            }

            var count = TerminalDevice.Read(bytes, WaitMillis);
            if (count < 0)
            {
                return;
            }

            foreach (var key in bytes.AsSpan(0, count))
            {
                if (key == Escape)
                {
                    break;
                }

                _pressed((char)key);
            }
        }
    }
}
