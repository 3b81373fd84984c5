using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>Connections that servers turned away because they were full.</summary>
/// <param name="Said">Attempts that read <c>max number of clients</c>.</param>
/// <param name="Counted">rejected_connections of all servers; null if they do not count them.</param>
/// <param name="Overtaken">Attempts that ended in a reset or close, which overtook the server's words. The count explains them.</param>
/// <param name="Full">The server that rejected most; null without a server's ledger.</param>
internal sealed record ServerLimits(long Said, long? Counted, long Overtaken, ServerLedger? Full)
{
    /// <summary>All connections that were turned away.</summary>
    public long Total => Math.Max(Said, Said + Overtaken);

    /// <summary>True if the server's descriptors lowered the configured limit.</summary>
    public bool IsOfDescriptors => Full is { MaxClients: { } max, OpenFilesLimit: { } files } && max == files - ServerDefaults.Descriptors;

    /// <summary>The evidence of a limit; null without one.</summary>
    public static ServerLimits? Of(Evidence evidence)
    {
        var servers = evidence.Ledgers.Servers;
        var said = evidence.Rejected(Rejection.MaxClients);
        var full = servers.MaxBy(server => server.ConnectionsRejected ?? 0);
        long? counted = servers.Any(server => server.ConnectionsRejected is not null)
            ? servers.Sum(server => server.ConnectionsRejected ?? 0) : null;

        // Protected mode raises the same counter, but sends other words.
        var other = evidence.Rejected(Rejection.Denied);
        var cut = evidence.Failed(Outcome.Reset) + evidence.Failed(Outcome.PeerClosed) + evidence.Failed(Outcome.ReplyTimeout);
        var overtaken = Math.Clamp((counted ?? 0) - said - other, 0, cut);
        return said > 0 || (overtaken > 0 && other == 0) ? new ServerLimits(said, counted, overtaken, full) : null;
    }

    /// <summary>How many connections were turned away, and what they saw.</summary>
    public string Sentence =>
        $"{Total.Of("attempt")} {Total.Were()} turned away because the server was full"
        + (Overtaken > 0
            ? $" ({Said.Text()} read its words, {Overtaken.Text()} were cut off by a reset or close before they read them)" : "");

    /// <summary>The evidence in numbers.</summary>
    public IReadOnlyDictionary<string, double> Numbers => new Dictionary<string, double>
    {
        ["said"] = Said,
        ["overtaken"] = Overtaken,
        ["rejectedConnections"] = Counted ?? 0,
        ["maxclients"] = Full?.MaxClients ?? 0,
        ["openFilesLimit"] = Full?.OpenFilesLimit ?? 0,
    };

    /// <summary>Clients that the server should have room for: ours, and those from before the run.</summary>
    public long Needed(Evidence evidence)
    {
        var ours = Math.Max(evidence.OpenForEach(), evidence.BurstForEach());
        return ours + (Full?.ConnectedClients?.Before ?? 0) + ServerDefaults.Descriptors;
    }
}
