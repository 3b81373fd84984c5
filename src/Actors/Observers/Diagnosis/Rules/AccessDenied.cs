using ActorLoad.Observers.Tuning;

namespace ActorLoad.Observers.Rules;

/// <summary>The server does not let us in: a password is missing or wrong, or protected mode is on.</summary>
internal sealed class AccessDenied : IRule
{
    private static readonly (string Prefix, string Meaning)[] Words =
    [
        ("NOAUTH", "it asks for a password: target.password"),
        ("WRONGPASS", "the password is wrong: target.password"),
        ("NOPERM", "its ACL does not allow the script's commands to this user"),
        (Rejection.Denied, "protected mode takes nobody but 127.0.0.1 and ::1 without a password"),
    ];

    public string Name => "access-denied";

    public Finding? Judge(Evidence evidence)
    {
        var said = Words.Select(word => (word.Prefix, word.Meaning, Count: evidence.Rejected(word.Prefix))).Where(word => word.Count > 0).ToArray();
        return said.Length == 0 ? null : new Finding(
            Name, Severity.Error,
            $"The server{evidence.At(evidence.RejectedAt([.. said.Select(word => word.Prefix)]))} refused {said.Sum(word => word.Count).Of("attempt")}: {string.Join("; ", said.Select(word => $"{word.Prefix} {word.Count.Text()}, {word.Meaning}"))}",
            said.ToDictionary(word => word.Prefix, word => (double)word.Count),
            [.. said.SelectMany(word => Remedies(word.Prefix, evidence)).Distinct()]);
    }

    private static IEnumerable<Remedy> Remedies(string prefix, Evidence evidence) => prefix switch
    {
        "NOPERM" => evidence.RejectedAt(prefix).Select(endpoint => Tuning.Remedies.Permission(endpoint, evidence.Load.User)),
        Rejection.Denied => evidence.RejectedAt(prefix).SelectMany(Troubles.ProtectedMode),
        _ => Troubles.Password(),
    };
}
