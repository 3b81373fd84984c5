using System.Net.Sockets;
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
    private const string Folder = "/run/netns";
    private const int NewNetwork = 0x40000000;
    private const nuint Bind = 4096;
    private const int Detach = 2;
    private const nuint SetInterfaceFlags = 0x8914;
    private const short Up = 1;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    private string FilePath => Path.Combine(Folder, Name);

    /// <summary>Words before a command that make it run inside; <c>ip</c> execs it, so the process is the command.</summary>
    public IReadOnlyList<string> Prefix => ["ip", "netns", "exec", Name];

    /// <summary>Makes one with <c>lo</c> up, as <c>ip netns add</c> does; throws, with what the kernel said, where that is not allowed.</summary>
    /// <remarks>Without a process: until it execs, one that starts holds every socket of the tests, and a close is then none.</remarks>
    public static Task<NetworkNamespace> CreateAsync()
    {
        var made = new NetworkNamespace($"al-{Guid.NewGuid():N}"[..15]);
        try
        {
            OnThread(made.Make);
            return Task.FromResult(made);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"cannot make namespace {made.Name}: {e.Message}", e);
        }
    }

    /// <summary>Runs a program inside and waits for its end.</summary>
    public Task<ProcessResult> ExecAsync(params string[] command) => ChildProcess.RunAsync([.. Prefix, .. command]);

    /// <summary>Starts a program inside; the caller disposes it.</summary>
    public ChildProcess Start(params string[] command) => ChildProcess.Start([.. Prefix, .. command]);

    /// <summary>Runs code of this process inside, on a thread of its own: sockets made there, and files opened below
    /// <c>/proc/thread-self/net</c>, belong to the namespace and can then be used from any thread. (<c>/proc/net</c> is that of the
    /// process's first thread.)</summary>
    public T Inside<T>(Func<T> make) => OnThread(() =>
    {
        using var file = File.OpenHandle(FilePath);
        Check(SetNamespace(file, NewNetwork), "enter");
        return make();
    });

    /// <summary>The same for what makes nothing.</summary>
    public void Inside(Action action) => Inside(() =>
    {
        action();
        return true;
    });

    /// <summary>Sets a sysctl of the namespace, such as <c>net.ipv4.ip_local_port_range</c>; throws if the kernel does not take it.</summary>
    public Task SysctlAsync(string key, string value)
    {
        Inside(() => File.WriteAllText($"/proc/sys/{key.Replace('.', '/')}", value));
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Check(Unmount(FilePath, Detach), "leave");
        File.Delete(FilePath);
        return ValueTask.CompletedTask;
    }

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

    // Its name is a file that the namespace of this thread is mounted on; both stay when the thread has ended.
    private bool Make()
    {
        Directory.CreateDirectory(Folder);
        File.Create(FilePath).Dispose();
        try
        {
            Check(Unshare(NewNetwork), "make");
            Check(Mount("/proc/thread-self/ns/net", FilePath, "none", Bind, 0), "name");
            RaiseLoopback();
            return true;
        }
        catch
        {
            _ = Unmount(FilePath, Detach); // if it came so far
            File.Delete(FilePath);
            throw;
        }
    }

    private void RaiseLoopback()
    {
        // struct ifreq: a name of 16 bytes, then flags.
        var request = new byte[40];
        "lo"u8.CopyTo(request);
        BitConverter.TryWriteBytes(request.AsSpan(16), Up);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Check(Control(socket.SafeHandle, SetInterfaceFlags, request), "use lo in");
    }

    private static T OnThread<T>(Func<T> make)
    {
        T made = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                made = make();
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

    private void Check(int result, string what)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"cannot {what} namespace {Name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    // A thread ends with what it did, so nothing has to be put back.
    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(SafeFileHandle space, int kind);

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static extern int Unshare(int kind);

    [DllImport("libc", EntryPoint = "mount", CharSet = CharSet.Ansi, SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Mount(string source, string target, string type, nuint flags, nint data);

    [DllImport("libc", EntryPoint = "umount2", CharSet = CharSet.Ansi, SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Unmount(string target, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(SafeHandle file, nuint request, byte[] argument);
}
