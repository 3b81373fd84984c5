using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Tuning;

/// <summary>Builds redis-cli commands.</summary>
internal static class RedisCli
{
    /// <summary>A command to the server at HOST:PORT; null uses redis-cli's default.</summary>
    public static string To(string? endpoint, string command) => $"redis-cli{Host(endpoint)}{Port(endpoint)} {command}";

    /// <summary>A command to run on the server's machine, over loopback.</summary>
    public static string There(string? endpoint, string command) => $"redis-cli{Port(endpoint)} {command}";

    private static string Host(string? endpoint) => endpoint is null || Endpoint.IsUnix(endpoint) ? ""
        : $" -h {endpoint[..Colon(endpoint)].Trim('[', ']')}";

    private static string Port(string? endpoint) => endpoint is null ? ""
        : Endpoint.IsUnix(endpoint) ? $" -s {endpoint[Endpoint.UnixScheme.Length..]}" : $" -p {endpoint[(Colon(endpoint) + 1)..]}";

    private static int Colon(string endpoint) => endpoint.LastIndexOf(':');
}
