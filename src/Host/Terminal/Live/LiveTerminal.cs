using System.Runtime.InteropServices;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>The terminal of a live view: its size, its keys, and stderr, on which other texts appear above the page.</summary>
internal sealed class LiveTerminal : IDisposable
{
    private readonly TextWriter _stderr = Console.Error;
    private readonly LiveScreen _screen;
    private PosixSignalRegistration? _continued;
    private Keyboard? _keyboard;
    private volatile bool _isOver;

    public LiveTerminal() => _screen = new LiveScreen(
        _stderr, AnsiCapabilities.Create(_stderr, new AnsiWriterSettings { Ansi = AnsiSupport.Yes }));

    /// <summary>Its characters.</summary>
    public LiveGlyphs Glyphs { get; } = LiveGlyphs.Present;

    /// <summary>True if it has a keyboard.</summary>
    public bool HasKeys => _keyboard is not null;

    /// <summary>Takes over keys and stderr until it is disposed.</summary>
    /// <param name="pressed">Gets each key.</param>
    public void Open(Action<char> pressed)
    {
        Console.SetError(new WriterAbove(_screen));
        _keyboard = Keyboard.Open(pressed);
        if (!OperatingSystem.IsWindows())
        {
            // The shell has written below the page.
            _continued = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => _screen.Forget());
        }
    }

    /// <summary>Shows a page. A job in the background shows nothing, and a terminal that has not yet taken the page before gets no
    /// other.</summary>
    /// <returns>True unless it waits for the terminal.</returns>
    public bool Show(Func<ScreenSize, IReadOnlyList<PageLine>> draw)
    {
        if (_isOver)
        {
            return true;
        }

        if (!TerminalDevice.IsForeground(TerminalDevice.Stderr))
        {
            _screen.Forget();
            return true;
        }

        if (!Outlets.Stderr.IsIdle)
        {
            return false;
        }

        var size = TerminalDevice.Size();
        _screen.Show(draw(size), size);
        return true;
    }

    /// <summary>Gives keys and stderr back; no page follows.</summary>
    public void Dispose()
    {
        _isOver = true;
        _keyboard?.Dispose();
        _continued?.Dispose();
        Console.SetError(_stderr);
    }
}
