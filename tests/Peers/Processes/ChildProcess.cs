using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ActorLoad.Peers.Processes;

/// <summary>A process that a test started: its output is kept, and disposing it kills it (and nothing that it did not start).</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>A hung process fails its test after this long; no test waits for it to pass.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _command;
    private readonly OutputText _stdout = new();
    private readonly OutputText _stderr = new();
    private readonly Task _pumps;

    private ChildProcess(Process process, string command)
    {
        _process = process;
        _command = command;
        _pumps = Task.WhenAll(_stdout.PumpAsync(process.StandardOutput), _stderr.PumpAsync(process.StandardError));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything written to stdout so far.</summary>
    public string Stdout => _stdout.ToString();

    /// <summary>Everything written to stderr so far.</summary>
    public string Stderr => _stderr.ToString();

    /// <summary>Starts a program with its arguments; its stdin is at its end. A null value takes a variable away.</summary>
    public static ChildProcess Start(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string?>? environment = null, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var line = string.Join(' ', command);
        try
        {
            var process = Process.Start(start) ?? throw new InvalidOperationException($"`{line}` did not start");
            process.StandardInput.Close();
            return new ChildProcess(process, line);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"cannot start `{line}`: {e.Message}", e);
        }
    }

    /// <summary>Starts a program and waits for its end.</summary>
    public static async Task<ProcessResult> RunAsync(params string[] command)
    {
        await using var child = Start(command);
        return await child.ExitAsync();
    }

    /// <summary>Its end; when <paramref name="timeout"/> passes first it is killed and a <see cref="TimeoutException"/> tells what it wrote.</summary>
    public async Task<ProcessResult> ExitAsync(TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? DefaultTimeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"`{_command}` did not end\n--- stdout\n{Stdout}\n--- stderr\n{Stderr}");
        }

        try
        {
            await _pumps.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"`{_command}` ended, but something that it started still holds its output\n{Stderr}");
        }

        return new ProcessResult(_command, _process.ExitCode, Stdout, Stderr);
    }

    /// <summary>The first line of stdout that matches; throws if it ends, or <paramref name="timeout"/> passes, without one.</summary>
    public Task<string> StdoutLineAsync(Func<string, bool> matches, TimeSpan? timeout = null) => LineAsync(_stdout, matches, timeout);

    /// <summary>The first line of stderr that matches; throws if it ends, or <paramref name="timeout"/> passes, without one.</summary>
    public Task<string> StderrLineAsync(Func<string, bool> matches, TimeSpan? timeout = null) => LineAsync(_stderr, matches, timeout);

    /// <summary>Sends a signal; throws if the process has ended already.</summary>
    public void Signal(ChildSignal signal)
    {
        if (_process.HasExited || Kill(_process.Id, (int)signal) != 0)
        {
            throw new InvalidOperationException($"`{_command}` cannot be sent {signal}: it has ended");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<string> LineAsync(OutputText output, Func<string, bool> matches, TimeSpan? timeout)
    {
        string? line;
        try
        {
            line = await output.LineAsync(matches).WaitAsync(timeout ?? DefaultTimeout);
        }
        catch (TimeoutException)
        {
            line = null;
        }

        return line ?? throw new InvalidOperationException(
            $"`{_command}` did not write the line that was waited for\n--- stdout\n{Stdout}\n--- stderr\n{Stderr}");
    }

    // System.Diagnostics.Process knows no signal but SIGKILL.
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int pid, int signal);
}
