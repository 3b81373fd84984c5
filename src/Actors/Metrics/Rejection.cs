namespace ActorLoad.Metrics;

/// <summary>What error replies mean for a connection.</summary>
internal static class Rejection
{
    /// <summary>The server accepts no more clients.</summary>
    public const string MaxClients = "ERR max number of clients";

    /// <summary>Protected mode: the server accepts no clients from elsewhere.</summary>
    public const string Denied = "DENIED";

    /// <summary>True if the server rejected the connection itself, which it counts in rejected_connections.</summary>
    public static bool IsOfConnection(string prefix) =>
        prefix.StartsWith(MaxClients, StringComparison.Ordinal) || prefix == Denied;
}
