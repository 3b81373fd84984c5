using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server answered, and said no: a cluster's redirection, a replica, a server that loads, has no memory, or does not know the command.</summary>
/// <remarks>What refuses the client itself (a password, the ACL, maxclients) has rules of its own.</remarks>
internal sealed class ErrorReplies : IRule
{
    private const int MostTold = 3;

    // In the order in which they are looked for: the beginning of an error, and what it means.
    private static readonly (string Prefix, string Meaning)[] Meanings =
    [
        ("MOVED", "it is a node of a cluster, and the key belongs to another node, which ActorLoad does not follow"),
        ("ASK", "the key's slot is moving to another node of the cluster, which ActorLoad does not follow"),
        ("TRYAGAIN", "the keys of one command are on two nodes while their slot moves"),
        ("CROSSSLOT", "the keys of one command belong to different slots of the cluster: give them one hash tag"),
        ("CLUSTERDOWN", "the cluster does not serve: slots without a node, or no majority"),
        ("READONLY", "it is a replica and takes no writes"),
        ("MASTERDOWN", "it is a replica that has lost its primary and may not serve old data"),
        ("LOADING", "it has not read its data yet"),
        ("OOM", "its memory is at maxmemory, and nothing may be evicted"),
        ("NOREPLICAS", "fewer replicas are in touch than min-replicas-to-write asks for"),
        ("MISCONF", "it could not save, and so takes no writes: its log says why"),
        ("BUSY", "a script or function of somebody keeps it busy"),
        ("UNKILLABLE", "a script of somebody that has written keeps it busy"),
        ("NOPROTO", "it does not speak the version of the protocol that HELLO asks for"),
        ("NOSCRIPT", "it does not know the script that EVALSHA names"),
        ("WRONGTYPE", "the key holds a value of another type than the command wants"),
        ("EXECABORT", "a command of the transaction was refused before"),
        ("ERR AUTH", NoPassword), ("ERR Client sent AUTH", NoPassword),
        ("ERR unknown command", "it does not know a command of the script: renamed, taken away, newer than the server, or not let through by a proxy"),
        ("ERR unknown subcommand", "it does not know a command of the script, which is newer than the server"),
        ("ERR wrong number of arguments", "a command of the script has too few words, or too many"),
        ("ERR DB index", "it has no such database"),
        ("ERR invalid DB index", "it has no such database"),
        ("ERR SELECT is not allowed", "a cluster has one database"),
        ("ERR Protocol error", "it took what we sent for no command"),
        ("ERR Connection refused", NoServer), ("ERR Connection timed out", NoServer), ("ERR Connection reset", NoServer), ("ERR Host is down", NoServer),
        ("ERR No route to host", NoServer), ("ERR no server connection", NoServer), ("no upstream host", NoServer), ("upstream failure", NoServer),
    ];

    private const string NoPassword = "it has no password, and was given one";
    private const string NoServer = "a proxy answers, and does not reach the server behind it";

    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "error-replies";

    public string Name => RuleName;

    /// <summary>True for an error that this rule tells of, unless another one does.</summary>
    public static bool IsOurs(string prefix) => !Rejection.IsOfConnection(prefix) && prefix is not ("NOAUTH" or "WRONGPASS" or "NOPERM");

    public Finding? Judge(Evidence evidence)
    {
        var isSaved = new MemoryOvercommit().Judge(evidence) is null;
        var said = evidence.Ledgers.Client.Rejections.Where(said => said.Value > 0 && IsOurs(said.Key) && (isSaved || said.Key != "MISCONF"))
            .OrderByDescending(said => said.Value).Select(said => (Prefix: said.Key, Count: said.Value)).ToArray();
        if (said.Length == 0)
        {
            return null;
        }

        var all = said.Sum(error => error.Count);
        var told = said.Take(MostTold).ToArray();
        return new Finding(
            Name, evidence.HasLostNone() ? Severity.Warning : Severity.Error,
            $"{all.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()} got an error for a reply"
            + $"{evidence.At(evidence.RejectedAt([.. said.Select(error => error.Prefix)]))}: "
            + string.Join("; ", told.Select(error => Told(evidence, error.Prefix, error.Count)))
            + (said.Length > told.Length ? $"; and {said.Skip(MostTold).Sum(error => error.Count).Text()} with other words" : ""),
            said.ToDictionary(error => error.Prefix, error => (double)error.Count),
            [.. told.SelectMany(error => Remedies(evidence, error.Prefix)).Distinct()])
        {
            Explains = all,
        };
    }

    private static string Told(Evidence evidence, string prefix, long count)
    {
        var words = evidence.Load.Said.TryGetValue(prefix, out var samples) && samples.Length > 0 ? $" (\"{samples[0]}\")" : $" ({prefix})";
        var meaning = Meanings.FirstOrDefault(meaning => Begins(prefix, meaning.Prefix)).Meaning;
        return $"{count.Of("time")}{words}{(meaning is null ? "" : $", because {meaning}")}";
    }

    private static bool Begins(string prefix, string with) => prefix.StartsWith(with, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<Remedy> Remedies(Evidence evidence, string prefix)
    {
        var endpoint = evidence.RejectedAt(prefix) is [var first, ..] ? first : null;
        return prefix switch
        {
            "MOVED" or "ASK" => Redirections(evidence, prefix).Select(Tuning.Remedies.OtherNode),
            "READONLY" or "MASTERDOWN" => [Tuning.Remedies.Primary(endpoint)],
            "CLUSTERDOWN" or "TRYAGAIN" => [Tuning.Remedies.Look("the cluster's state", "ok", endpoint, "cluster info")],
            "LOADING" => [Tuning.Remedies.Look("loading", "done", endpoint, "info persistence")],
            "OOM" => TroubleRemedies.Memory(endpoint),
            "NOREPLICAS" => [Tuning.Remedies.Look("connected_slaves", "as many as min-replicas-to-write", endpoint, "info replication")],
            "MISCONF" => [Tuning.Remedies.Look("rdb_last_bgsave_status", "ok", endpoint, "info persistence")],
            "BUSY" => [Tuning.Remedies.Look("the script that runs", "none", endpoint, "script kill")],
            _ when Begins(prefix, "ERR AUTH") || Begins(prefix, "ERR Client sent AUTH") => [Tuning.Remedies.NoPassword()],
            _ => [],
        };
    }

    // "MOVED 12182 127.0.0.1:7002"; a node that does not know its own name leaves the host out.
    private static IEnumerable<string> Redirections(Evidence evidence, string prefix) => evidence.Load.Said.TryGetValue(prefix, out var samples)
        ? samples.Select(words => words.Split(' ')).Where(words => words.Length >= 3 && words[2].LastIndexOf(':') > 0).Select(words => words[2]).Distinct()
        : [];
}
