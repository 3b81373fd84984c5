using System.Runtime.InteropServices;
using System.Text;
using ActorLoad.Peers.Processes;
using Microsoft.Win32.SafeHandles;

namespace ActorLoad.Peers.Terminals;

/// <summary>A terminal of its own for processes that a test starts: they get keys and signals through it, and a <see cref="VirtualScreen"/> shows what
/// they write. Linux.</summary>
public sealed class PseudoTerminal : IAsyncDisposable
{
    private const int ReadWrite = 2;
    private const int NoController = 0x100;
    private const int CloseOnExec = 0x80000;
    private const nuint SetLock = 0x40045431;
    private const nuint GetNumber = 0x80045430;
    private const nuint SetSize = 0x5414;

    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _held;
    private readonly FileStream _stream;
    private readonly StringBuilder _written = new();
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private readonly List<ChildProcess> _children = [];
    private readonly VirtualScreen _screen;
    private Exception? _failure;

    /// <summary>Opens a terminal of this size.</summary>
    public PseudoTerminal(int columns = 80, int rows = 24)
    {
        _screen = new VirtualScreen(columns, rows);
        _master = Opened("/dev/ptmx");
        var number = 0;
        Check(Control(_master, SetLock, ref number));
        Check(Control(_master, GetNumber, ref number));
        Path = $"/dev/pts/{number}";
        _held = Opened(Path);
        _stream = new FileStream(_master, FileAccess.ReadWrite, 0);
        Resize(columns, rows);
        _reading = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
    }

    /// <summary>Such as <c>/dev/pts/3</c>.</summary>
    public string Path { get; }

    /// <summary>Everything that was written to it.</summary>
    public string Written
    {
        get
        {
            lock (_gate)
            {
                return _written.ToString();
            }
        }
    }

    /// <summary>Starts a program with this as its controlling terminal. <paramref name="environment"/> comes over that of a modern terminal.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Variables; null takes one away.</param>
    /// <param name="streams">Redirections of a shell, by default all three to the terminal, which is <c>$0</c>.</param>
    public ChildProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string?>? environment = null, string streams = "<\"$0\" >\"$0\" 2>&1")
    {
        var variables = new Dictionary<string, string?>
        {
            ["TERM"] = "xterm-256color",
            ["COLORTERM"] = "truecolor",
            ["LANG"] = "C.UTF-8",
            ["LC_ALL"] = null,
            ["NO_COLOR"] = null,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            variables[name] = value;
        }

        // setsid takes the terminal from its stdin; the program's own streams come after it.
        var script = $"exec setsid --ctty sh -c 'exec \"$@\" {streams.Replace("$0", "$TERMINAL", StringComparison.Ordinal)}' sh \"$@\" <\"$0\"";
        variables["TERMINAL"] = Path;
        var child = ChildProcess.Start(["sh", "-c", script, Path, .. command], variables);
        _children.Add(child);
        return child;
    }

    /// <summary>Starts <c>actorload</c>.</summary>
    public ChildProcess StartActorLoad(IReadOnlyList<string> args, IReadOnlyDictionary<string, string?>? environment = null, string streams = "<\"$0\" >\"$0\" 2>&1") =>
        Start(["dotnet", ActorLoadProcess.Dll, .. args], environment, streams);

    /// <summary>Presses keys.</summary>
    public void Press(string keys) => _stream.Write(Encoding.UTF8.GetBytes(keys));

    /// <summary>Changes its size; the program is told.</summary>
    public void Resize(int columns, int rows)
    {
        lock (_gate)
        {
            _screen.Resize(columns, rows);
        }

        var size = (columns << 16) | rows; // two numbers of 16 bits: rows first
        var window = (long)size;
        Check(Control(_master, SetSize, ref window));
    }

    /// <summary>What the screen shows, under <paramref name="look"/>; nothing is written meanwhile.</summary>
    public T See<T>(Func<VirtualScreen, T> look)
    {
        lock (_gate)
        {
            return _failure is null ? look(_screen) : throw new InvalidOperationException("the screen was not understood", _failure);
        }
    }

    /// <summary>Waits until the screen shows it; throws with the screen after the usual time.</summary>
    public async Task UntilAsync(Func<VirtualScreen, bool> shown)
    {
        await Eventually.HoldsAsync(
            () => Task.FromResult(See(screen => !screen.IsInFrame && shown(screen))),
            () => $"the screen does not show what was waited for:\n{See(screen => screen.Text)}");
    }

    /// <summary>Waits until the screen shows this text.</summary>
    public Task UntilAsync(string text) => UntilAsync(screen => screen.Text.Contains(text, StringComparison.Ordinal));

    /// <summary>True if the terminal waits for whole lines and echoes them, as every shell expects.</summary>
    public async Task<bool> IsUsualAsync()
    {
        var modes = (await ChildProcess.RunAsync("stty", "-F", Path, "-a")).Expect().Stdout.Split([' ', ';', '\n']);
        return modes.Contains("icanon") && modes.Contains("echo") && modes.Contains("isig");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var child in _children)
        {
            await child.DisposeAsync();
        }

        _held.Dispose(); // the reader comes to the end
        await _reading;
        await _stream.DisposeAsync();
    }

    private void Read()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[4096];
        var characters = new char[4096];
        try
        {
            for (int count; (count = _stream.Read(bytes)) > 0;)
            {
                var text = new string(characters, 0, decoder.GetChars(bytes.AsSpan(0, count), characters, flush: false));
                lock (_gate)
                {
                    _written.Append(text);
                    Show(text);
                }
            }
        }
        catch (IOException)
        {
            // Nobody has the terminal open any more.
        }
    }

    // What others than ActorLoad write need not be understood, unless somebody looks at the screen.
    private void Show(string text)
    {
        try
        {
            _screen.Write(_failure is null ? text : "");
        }
        catch (InvalidDataException unknown)
        {
            _failure = unknown;
        }
    }

    private static SafeFileHandle Opened(string path)
    {
        var handle = Open(path, ReadWrite | NoController | CloseOnExec);
        return handle.IsInvalid ? throw new InvalidOperationException($"cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}") : handle;
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"the terminal refuses: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern SafeFileHandle Open(string path, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(SafeFileHandle terminal, nuint request, ref int number);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(SafeFileHandle terminal, nuint request, ref long size);
}
