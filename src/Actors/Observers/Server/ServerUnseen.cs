using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Observers.Server;

/// <summary>Says in sentences what an observer could not see of its server, and what would make it visible.</summary>
internal static class ServerUnseen
{
    /// <summary>One sentence for each thing that was not seen.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="credentials">Whose rights the observer had.</param>
    /// <param name="isOwn">True if the server was started for the run: what it does not tell is known all the same.</param>
    /// <param name="whyNever">Why the last try to ask it failed; null if none did.</param>
    /// <param name="first">The first session; null if there was none.</param>
    /// <param name="books">What was read.</param>
    /// <param name="proxy">Why the listener is not the server's; null if it is.</param>
    public static IReadOnlyList<string> Of(
        Endpoint endpoint, Credentials credentials, bool isOwn, string? whyNever, ServerSession? first, ServerLedgerBuilder books,
        string? proxy = null)
    {
        if (first is null)
        {
            return [$"{endpoint} {whyNever ?? "had not answered yet when the run ended"}; its own counts are not in this report"];
        }

        var sentences = new List<string>();
        if (isOwn)
        {
            return books.Unseen;
        }

        if (proxy is not null)
        {
            sentences.Add($"{endpoint} is a proxy's, or a port that is mapped: the server behind it {proxy}; "
                + "what that server counts are not our connections");
        }

        if (first.Configuration.Refusal is { } refusal)
        {
            sentences.Add($"{endpoint} refused CONFIG GET ({refusal}): its tcp-backlog is not known; "
                + WhatAllows(refusal, credentials.User));
        }
        else if (first.Configuration.Number(ServerSession.TcpBacklog) is null)
        {
            sentences.Add($"{endpoint} does not tell its tcp-backlog");
        }

        if (first.Process?.OpenFilesLimit is null)
        {
            sentences.Add(first.Connection.IsLocal
                ? $"the descriptor limit of {endpoint} is not known: no process here is the one that it says it is"
                : $"the descriptor limit of {endpoint} is not known: it is on another machine");
        }

        if (first.Reading.Kind is { Name: "garnet", SampleSeconds: 0 })
        {
            sentences.Add($"{endpoint} counts no connections: Garnet does so with --metrics-sampling-freq 1");
        }

        return [.. sentences, .. books.Unseen];
    }

    /// <summary>What would allow CONFIG GET, after it was refused in these words.</summary>
    public static string WhatAllows(string refusal, string user) => refusal.StartsWith("NOPERM", StringComparison.Ordinal)
        ? $"`ACL SETUSER {user} +config|get` allows it"
        : "no right would change that: the command was renamed or taken away (rename-command), or there is none";
}
