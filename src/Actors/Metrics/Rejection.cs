namespace ActorLoad.Metrics;

/// <summary>What error replies say of a connection.</summary>
internal static class Rejection
{
    /// <summary>The server takes no more clients.</summary>
    public const string MaxClients = "ERR max number of clients";

    /// <summary>Protected mode: it takes none from elsewhere.</summary>
    public const string Denied = "DENIED";

    /// <summary>True if the server said no to the connection itself, which it counts in rejected_connections.</summary>
    public static bool IsOfConnection(string prefix) =>
        prefix.StartsWith(MaxClients, StringComparison.Ordinal) || prefix == Denied;
}
