using System.Collections.Concurrent;
using System.Text;
using ActorLoad.Hosting.Commands;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Hosting.Tests;

/// <summary>Carries out a command inside this process, for specs whose subject is neither the process nor what it takes of the machine. What it writes
/// is kept apart from that of other commands at the same time.</summary>
/// <remarks>Its processor time and its pauses are those of all specs: a spec that needs the verdict <c>valid</c> starts a process
/// (<see cref="ActorLoadProcess"/>). So does one that sets variables, sends signals, or reads the usage line of a help text, which names the
/// program.</remarks>
internal static class ActorLoadHere
{
    private static readonly AsyncLocal<Written?> _written = new();
    private static readonly ConcurrentDictionary<Written, string> _underWay = new();

    /// <summary>Replaces the console, once, and takes away the settings that this process was given.</summary>
    public static void ReplaceConsole()
    {
        Console.SetOut(new FlowWriter(Console.Out, written => written.Stdout, isOfAll: false));
        Console.SetError(new FlowWriter(Console.Error, written => written.Stderr, isOfAll: true));
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name.StartsWith("ACTORLOAD__", StringComparison.OrdinalIgnoreCase)))
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    /// <summary>Parses the arguments and carries out their command, as the program does; throws <see cref="TimeoutException"/> (60 s by default).</summary>
    public static Task<ProcessResult> RunAsync(IReadOnlyList<string> args, TimeSpan? timeout = null) =>
        CarryOutAsync(string.Join(' ', args), () => RootCommandLine.InvokeAsync(RootCommandLine.WithCommand([.. args]), TimeProvider.System), timeout);

    /// <summary>What the command that asks has written to stderr so far.</summary>
    public static string Stderr
    {
        get
        {
            lock (_written.Value!)
            {
                return _written.Value.Stderr.ToString();
            }
        }
    }

    /// <summary>Carries out <paramref name="command"/>, and collects what it and the threads, tasks and actors that it begins write.</summary>
    public static async Task<ProcessResult> CarryOutAsync(string name, Func<Task<int>> command, TimeSpan? timeout = null)
    {
        var written = new Written();
        _written.Value = written;
        _underWay[written] = name;
        try
        {
            // The pool carries it out, and not the few threads of the specs.
            var code = await Task.Run(command).WaitAsync(timeout ?? ChildProcess.DefaultTimeout);
            lock (written)
            {
                return new ProcessResult(name, code, written.Stdout.ToString(), written.Stderr.ToString());
            }
        }
        finally
        {
            _underWay.TryRemove(written, out _);
        }
    }

    /// <summary>What one command has written.</summary>
    private sealed class Written
    {
        public StringBuilder Stdout { get; } = new();

        public StringBuilder Stderr { get; } = new();
    }

    /// <summary>Writes for the command to which the writing thread belongs, and beside commands to the console that was there before. A thread of an
    /// actor does not know its command. What it writes to stderr is the log: it belongs to all that are under way, so that no spec misses an error.
    /// To stdout no actor of ours writes, but Akka's TestKit of a spec at the same time does.</summary>
    private sealed class FlowWriter(TextWriter before, Func<Written, StringBuilder> choose, bool isOfAll) : TextWriter
    {
        public override Encoding Encoding => before.Encoding;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

        public override void Write(string? value)
        {
            ICollection<Written> all = _written.Value is { } own ? [own] : isOfAll ? _underWay.Keys : [];
            foreach (var written in all)
            {
                lock (written)
                {
                    choose(written).Append(value);
                }
            }

            if (all.Count == 0)
            {
                before.Write(value);
            }
        }

        public override void WriteLine(string? value) => Write(value + NewLine);

        public override void Flush() => before.Flush();
    }
}
