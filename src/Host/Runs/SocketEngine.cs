namespace ActorLoad.Hosting.Runs;

/// <summary>Switches of .NET's socket engine, which it reads once, before the first socket of the process.</summary>
internal static class SocketEngine
{
    private static readonly (string Name, string Value)[] Switches =
    [
        // A completion runs on the thread that saw it: without this each costs a hop through the pool (116 against 76 us a connection).
        // Kestrel does not mind: its transport dispatches its own work to the pool.
        ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"),

        // One poller thread is the event loop; a second would only contend with it.
        ("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1"),
    ];

    /// <summary>Sets the switches that the user has not set.</summary>
    public static void RunCompletionsInline()
    {
        foreach (var (name, value) in Switches)
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
        foreach (var (name, _) in Switches)
        {
            environment.Remove(name);
        }
    }
}
