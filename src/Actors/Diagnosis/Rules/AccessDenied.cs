using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>The server refuses our user: a missing or wrong password, protected mode, or an ACL without the right.</summary>
internal sealed class AccessDenied : IRule
{
    private const string NoPermission = "NOPERM";

    private static readonly string[] Words = ["NOAUTH", "WRONGPASS", NoPermission, Rejection.Denied];

    /// <summary>Name of the findings of this rule.</summary>
    public const string RuleName = "access-denied";

    public string Name => RuleName;

    public Finding? Judge(Evidence evidence)
    {
        var said = Words.Select(prefix => (Prefix: prefix, Count: evidence.Rejected(prefix))).Where(word => word.Count > 0).ToArray();
        var all = said.Sum(word => word.Count);
        return said.Length == 0 ? null : new Finding(
            Name, Severity.Error,
            $"The server{evidence.At(evidence.RejectedAt([.. said.Select(word => word.Prefix)]))} refused {all.Of("attempt")}: "
            + string.Join("; ", said.Select(word => $"{word.Prefix} {word.Count.Text()}, {Meaning(evidence, word.Prefix)}")),
            said.ToDictionary(word => word.Prefix, word => (double)word.Count),
            [.. said.SelectMany(word => Remedies(word.Prefix, evidence)).Distinct()])
        {
            Explains = all,
        };
    }

    private static string Meaning(Evidence evidence, string prefix) => prefix switch
    {
        "NOAUTH" => "it asks for a password (target.password)",
        "WRONGPASS" => "the password is wrong (target.password)",
        Rejection.Denied => "protected mode takes only 127.0.0.1 and ::1 without a password",
        _ => Forbidden(evidence).Select(forbidden => forbidden.Meaning).ToArray() is { Length: > 0 } what
            ? $"its ACL does not allow the user {evidence.Load.User} {string.Join(" and ", what)}"
            : $"its ACL does not allow the user {evidence.Load.User} a command, key or channel of the script",
    };

    private static IEnumerable<Remedy> Remedies(string prefix, Evidence evidence) => prefix switch
    {
        NoPermission => evidence.RejectedAt(prefix).SelectMany(endpoint => Forbidden(evidence)
            .Select(forbidden => (string?)forbidden.Rule).DefaultIfEmpty()
            .Select(rule => Tuning.Remedies.Permission(endpoint, evidence.Load.User, rule))),
        Rejection.Denied => evidence.RejectedAt(prefix).SelectMany(TroubleRemedies.ProtectedMode),
        _ => TroubleRemedies.Password(),
    };

    // The server's words tell whether the user lacks a command, a key or a channel: each needs another right.
    private static IEnumerable<(string Meaning, string Rule)> Forbidden(Evidence evidence) =>
        (evidence.Load.Said.TryGetValue(NoPermission, out var samples) ? samples : [])
            .Select(Forbidden).OfType<(string, string)>().Distinct();

    private static (string Meaning, string Rule)? Forbidden(string words)
    {
        if (words.Split('\'') is [_, { Length: > 0 } command, ..])
        {
            return ($"'{command}'", $"+{command}");
        }

        return words.Contains("channel", StringComparison.OrdinalIgnoreCase) ? ("a channel of the script", "&*")
            : words.Contains("key", StringComparison.OrdinalIgnoreCase) ? ("a key of the script", "~*")
            : null;
    }
}
