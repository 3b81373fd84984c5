using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server answered with errors: a cluster's redirection, a replica, a loading server, no memory, an unknown command.</summary>
/// <remarks>Errors that refuse the client itself (a password, the ACL, maxclients) have rules of their own.</remarks>
internal sealed class ErrorReplies : IRule
{
    private const int MostTold = 3;

    // The first match counts: how an error begins, and what it means.
    private static readonly (string Prefix, string Meaning)[] Meanings =
    [
        ("MOVED", "the key belongs to another node of the cluster. ActorLoad does not follow redirections"),
        ("ASK", "the key's slot is moving to another node of the cluster. ActorLoad does not follow redirections"),
        ("TRYAGAIN", "the keys of one command are on two nodes while their slot moves"),
        ("CROSSSLOT", "the keys of one command belong to different slots of the cluster: give them one hash tag"),
        ("CLUSTERDOWN", "the cluster does not serve: some slots have no node, or it has no majority"),
        ("READONLY", "it is a replica and takes no writes"),
        ("MASTERDOWN", "it is a replica that has lost its primary and may not serve old data"),
        ("LOADING", "it has not read its data yet"),
        ("OOM", "its memory is at maxmemory, and it may evict nothing"),
        ("NOREPLICAS", "fewer replicas are connected than min-replicas-to-write asks for"),
        ("MISCONF", "it could not save, so it takes no writes; its log says why"),
        ("BUSY", "a script or function keeps it busy"),
        ("UNKILLABLE", "a script that has written keeps it busy"),
        ("NOPROTO", "it does not speak the protocol version that HELLO asks for"),
        ("NOSCRIPT", "it does not know the script that EVALSHA names"),
        ("WRONGTYPE", "the key holds another type of value than the command wants"),
        ("EXECABORT", "an earlier command of the transaction was refused"),
        ("ERR AUTH", NoPassword), ("ERR Client sent AUTH", NoPassword),
        ("ERR unknown command", "it does not know a command of the script: renamed, removed, newer than the server, or blocked by a proxy"),
        ("ERR unknown subcommand", "it does not know a command of the script: the command is newer than the server"),
        ("ERR wrong number of arguments", "a command of the script has too few or too many words"),
        ("ERR DB index", "it has no such database"),
        ("ERR invalid DB index", "it has no such database"),
        ("ERR SELECT is not allowed", "a cluster has one database"),
        ("ERR Protocol error", "it did not take our bytes for a command"),
        ("ERR Connection refused", NoServer), ("ERR Connection timed out", NoServer), ("ERR Connection reset", NoServer),
        ("ERR Host is down", NoServer), ("ERR No route to host", NoServer), ("ERR no server connection", NoServer),
        ("no upstream host", NoServer), ("upstream failure", NoServer),
    ];

    private const string NoPassword = "it has no password, but the run sends one";
    private const string NoServer = "a proxy answers, but does not reach the server behind it";

    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "error-replies";

    public string Name => RuleName;

    /// <summary>True for an error of this rule, unless another rule reports it.</summary>
    public static bool IsOurs(string prefix) =>
        !Rejection.IsOfConnection(prefix) && prefix is not ("NOAUTH" or "WRONGPASS" or "NOPERM");

    public Finding? Judge(Evidence evidence)
    {
        var isSaved = new MemoryOvercommit().Judge(evidence) is null;
        var said = evidence.Ledgers.Client.Rejections
            .Where(said => said.Value > 0 && IsOurs(said.Key) && (isSaved || said.Key != "MISCONF"))
            .OrderByDescending(said => said.Value).Select(said => (Prefix: said.Key, Count: said.Value)).ToArray();
        if (said.Length == 0)
        {
            return null;
        }

        var all = said.Sum(error => error.Count);
        var told = said.Take(MostTold).ToArray();
        return new Finding(
            Name, evidence.HasLostNone() ? Severity.Warning : Severity.Error,
            $"{all.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()} got an error instead of a reply"
            + $"{evidence.At(evidence.RejectedAt([.. said.Select(error => error.Prefix)]))}: "
            + string.Join("; ", told.Select(error => Told(evidence, error.Prefix, error.Count)))
            + (said.Length > told.Length ? $"; and {said.Skip(MostTold).Sum(error => error.Count).Text()} with other errors" : ""),
            said.ToDictionary(error => error.Prefix, error => (double)error.Count),
            [.. told.SelectMany(error => Remedies(evidence, error.Prefix)).Distinct()])
        {
            Explains = all,
        };
    }

    private static string Told(Evidence evidence, string prefix, long count)
    {
        var isSampled = evidence.Load.Said.TryGetValue(prefix, out var samples) && samples.Length > 0;
        var words = isSampled ? $" (\"{samples[0]}\")" : $" ({prefix})";
        var meaning = Meanings.FirstOrDefault(meaning => Begins(prefix, meaning.Prefix)).Meaning;
        return $"{count.Of("time")}{words}{(meaning is null ? "" : $", because {meaning}")}";
    }

    private static bool Begins(string prefix, string with) => prefix.StartsWith(with, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<Remedy> Remedies(Evidence evidence, string prefix)
    {
        var endpoint = evidence.RejectedAt(prefix) is [var first, ..] ? first : null;
        return prefix switch
        {
            "MOVED" or "ASK" =>
            [
                evidence.Load.IsCluster ? Tuning.Remedies.KeysOfNodes() : Tuning.Remedies.WholeCluster(),
                .. Redirections(evidence, prefix).Select(Tuning.Remedies.OtherNode),
            ],
            "READONLY" or "MASTERDOWN" => [Tuning.Remedies.Primary(endpoint)],
            "CLUSTERDOWN" or "TRYAGAIN" => [Tuning.Remedies.Look("the cluster's state", "ok", endpoint, "cluster info")],
            "LOADING" => [Tuning.Remedies.Look("loading", "done", endpoint, "info persistence")],
            "OOM" => TroubleRemedies.Memory(endpoint),
            "NOREPLICAS" =>
                [Tuning.Remedies.Look("connected_slaves", "as many as min-replicas-to-write", endpoint, "info replication")],
            "MISCONF" => [Tuning.Remedies.Look("rdb_last_bgsave_status", "ok", endpoint, "info persistence")],
            "BUSY" => [Tuning.Remedies.Look("the script that runs", "none", endpoint, "script kill")],
            _ when Begins(prefix, "ERR AUTH") || Begins(prefix, "ERR Client sent AUTH") => [Tuning.Remedies.NoPassword()],
            _ => [],
        };
    }

    // "MOVED 12182 127.0.0.1:7002"; a node that does not know its own name leaves the host out.
    private static IEnumerable<string> Redirections(Evidence evidence, string prefix) =>
        evidence.Load.Said.TryGetValue(prefix, out var samples)
            ? samples.Select(words => words.Split(' ')).Where(words => words.Length >= 3 && words[2].LastIndexOf(':') > 0)
                .Select(words => words[2]).Distinct()
            : [];
}
