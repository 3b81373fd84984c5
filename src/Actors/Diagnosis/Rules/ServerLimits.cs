using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>What servers said of connections that they did not take.</summary>
/// <param name="Said">Attempts that read <c>max number of clients</c>.</param>
/// <param name="Counted">rejected_connections of all servers; null where they do not count them.</param>
/// <param name="Overtaken">Attempts whose reset or close is explained by that count: the server's RST overtook its words.</param>
/// <param name="Full">The server that rejected most; null if there is no ledger of any.</param>
internal sealed record ServerLimits(long Said, long? Counted, long Overtaken, ServerLedger? Full)
{
    /// <summary>Connections that the server turned away for want of room.</summary>
    public long Total => Math.Max(Said, Said + Overtaken);

    /// <summary>True if the limit is what the server's descriptors left of the configured one.</summary>
    public bool IsOfDescriptors => Full is { MaxClients: { } max, OpenFilesLimit: { } files } && max == files - ServerDefaults.Descriptors;

    /// <summary>The evidence of a limit; null if there is none.</summary>
    public static ServerLimits? Of(Evidence evidence)
    {
        var servers = evidence.Ledgers.Servers;
        var said = evidence.Rejected(Rejection.MaxClients);
        var full = servers.MaxBy(server => server.ConnectionsRejected ?? 0);
        long? counted = servers.Any(server => server.ConnectionsRejected is not null) ? servers.Sum(server => server.ConnectionsRejected ?? 0) : null;

        // Protected mode rejects into the same counter, but says so in other words.
        var other = evidence.Rejected(Rejection.Denied);
        var cut = evidence.Failed(Outcome.Reset) + evidence.Failed(Outcome.PeerClosed) + evidence.Failed(Outcome.ReplyTimeout);
        var overtaken = Math.Clamp((counted ?? 0) - said - other, 0, cut);
        return said > 0 || (overtaken > 0 && other == 0) ? new ServerLimits(said, counted, overtaken, full) : null;
    }

    /// <summary>How many, and in what shape they reached us.</summary>
    public string Sentence =>
        $"{Total.Of("attempt")} {(Total == 1 ? "was" : "were")} turned away because the server had no room for another client"
        + (Overtaken > 0 ? $" ({Said.Text()} read its words, {Overtaken.Text()} were cut off by a reset or close that overtook them)" : "");

    /// <summary>The evidence in numbers.</summary>
    public IReadOnlyDictionary<string, double> Numbers => new Dictionary<string, double>
    {
        ["said"] = Said,
        ["overtaken"] = Overtaken,
        ["rejectedConnections"] = Counted ?? 0,
        ["maxclients"] = Full?.MaxClients ?? 0,
        ["openFilesLimit"] = Full?.OpenFilesLimit ?? 0,
    };

    /// <summary>Clients that the server should have room for: ours, and those that it had before.</summary>
    public long Needed(Evidence evidence) => Math.Max(evidence.OpenForEach(), evidence.BurstForEach()) + (Full?.ConnectedClients?.Before ?? 0) + ServerDefaults.Descriptors;
}
