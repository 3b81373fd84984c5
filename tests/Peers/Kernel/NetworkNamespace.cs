using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using ActorLoad.Peers.Processes;
using Microsoft.Win32.SafeHandles;

namespace ActorLoad.Peers.Kernel;

/// <summary>A network of its own with nothing in it but <c>lo</c>: its sysctls and routes can be bent without touching the
/// machine.</summary>
/// <remarks>An address outside 127.0.0.0/8 is unreachable in it (ENETUNREACH), until a route says otherwise.</remarks>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private const int NetworkOnly = 0x40000000;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Words before a command that make it run inside; <c>ip</c> execs it, so the process is the command.</summary>
    public IReadOnlyList<string> Prefix => ["ip", "netns", "exec", Name];

    /// <summary>Makes one with <c>lo</c> up; throws, with what <c>ip</c> said, where that is not allowed.</summary>
    public static async Task<NetworkNamespace> CreateAsync()
    {
        var made = new NetworkNamespace($"al-{Guid.NewGuid():N}"[..15]);
        (await ChildProcess.RunAsync("ip", "netns", "add", made.Name)).Expect();
        try
        {
            (await made.ExecAsync("ip", "link", "set", "lo", "up")).Expect();
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a program inside and waits for its end.</summary>
    public Task<ProcessResult> ExecAsync(params string[] command) => ChildProcess.RunAsync([.. Prefix, .. command]);

    /// <summary>Starts a program inside; the caller disposes it.</summary>
    public ChildProcess Start(params string[] command) => ChildProcess.Start([.. Prefix, .. command]);

    /// <summary>Runs code of this process inside, on a thread of its own: sockets made there, and files opened below
    /// <c>/proc/thread-self/net</c>, belong to the namespace and can then be used from any thread. (<c>/proc/net</c> is that of the
    /// process's first thread.)</summary>
    public T Inside<T>(Func<T> make)
    {
        T made = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle(Path.Combine("/run/netns", Name));
                made = SetNamespace(file, NetworkOnly) == 0 ? make()
                    : throw new InvalidOperationException($"cannot enter namespace {Name}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return made;
    }

    /// <summary>The same for what makes nothing.</summary>
    public void Inside(Action action) => Inside(() =>
    {
        action();
        return true;
    });

    /// <summary>Sets a sysctl of the namespace, such as <c>net.ipv4.ip_local_port_range</c>; throws if the kernel does not take
    /// it.</summary>
    public async Task SysctlAsync(string key, string value) => (await ExecAsync("sysctl", "-q", "-w", $"{key}={value}")).Expect();

    public async ValueTask DisposeAsync() => (await ChildProcess.RunAsync("ip", "netns", "del", Name)).Expect();

    /// <summary>Why no namespace can be made here; null if it can.</summary>
    internal static string? Probe()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root for network namespaces";
        }

        try
        {
            // Attributes are made synchronously; the pool runs this without the context of the test framework.
            Task.Run(async () => await (await CreateAsync()).DisposeAsync()).GetAwaiter().GetResult();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            return $"needs network namespaces: {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    // The thread ends with what it did, so nothing has to be put back.
    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(SafeFileHandle space, int kind);
}
