namespace ActorLoad.Hosting.Runs;

/// <summary>Sets switches of .NET's socket engine, which reads them once, before the first socket of the process.</summary>
internal static class SocketEngine
{
    // A completion runs on the thread that saw it. Without this each one takes a detour through the pool (116 against 76 us a connection).
    // Kestrel is not affected: its transport dispatches its own work to the pool.
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    // One poller thread is the event loop; a second would only contend with it.
    private const string Threads = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Sets the switches that the user has not set.</summary>
    /// <param name="isDaemon">True leaves the number of pollers to .NET, so that the control API does not wait behind a storm.</param>
    public static void RunCompletionsInline(bool isDaemon)
    {
        foreach (var (name, value) in new[] { (Inline, "1"), (Threads, isDaemon ? "" : "1") })
        {
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }

    /// <summary>Removes the switches from a child's environment, because a server is not a generator.</summary>
    public static void RemoveFrom(IDictionary<string, string?> environment)
    {
        environment.Remove(Inline);
        environment.Remove(Threads);
    }
}
