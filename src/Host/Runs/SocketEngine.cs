namespace ActorLoad.Hosting.Runs;

/// <summary>Switches of .NET's socket engine, which it reads once, before the first socket of the process.</summary>
internal static class SocketEngine
{
    // A completion runs on the thread that saw it: without this each costs a hop through the pool (116 against 76 us a connection).
    // Kestrel does not mind: its transport dispatches its own work to the pool.
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    // One poller thread is the event loop; a second would only contend with it.
    private const string Threads = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Sets the switches that the user has not set.</summary>
    /// <param name="isDaemon">True leaves the number of pollers to .NET: the control API must not wait behind a storm's.</param>
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

    /// <summary>Takes the switches out of a child's environment: a server is not a generator.</summary>
    public static void RemoveFrom(IDictionary<string, string?> environment)
    {
        environment.Remove(Inline);
        environment.Remove(Threads);
    }
}
