using System.Text.Json.Nodes;
using ActorLoad.Diagnosis;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Reports;

/// <summary>A circumstance in which two runs differ.</summary>
/// <param name="Key">What, such as <c>transport.kind</c> or a key of the run file.</param>
/// <param name="Base">As it was in the base.</param>
/// <param name="Other">As it was in the other run.</param>
public sealed record Difference(string Key, string Base, string Other)
{
    /// <summary>Such as <c>load.0.connections 500 -> 800</c>.</summary>
    public override string ToString() => $"{Key} {Base} -> {Other}";
}

/// <summary>Whether the figures of two runs can be compared.</summary>
/// <param name="Obstacles">Differences by which the figures must differ; empty if the runs can be compared.</param>
/// <param name="Remarks">Differences that may be the very question, such as the server's version or a setting of the kernel.</param>
public sealed record Comparability(IReadOnlyList<Difference> Obstacles, IReadOnlyList<Difference> Remarks)
{
    private const string Unset = "(not set)";
    private const string Unknown = "(not known)";

    // They decide what is said or allowed, not what the run does. Transport and target are compared as they were, not as they were asked
    // for.
    private static readonly string[] WithoutEffect =
    [
        "seed", "thresholds", "verdict", "safety", "daemon", "observers", "phase-defaults", "transport", "target.endpoints",
        "target.addresses",
    ];

    // Levels that change by themselves.
    private static readonly string[] Moving = ["net.netfilter.nf_conntrack_count"];

    private const string Release = "kernel.osrelease";

    /// <summary>True if the figures can be compared.</summary>
    public bool IsComparable => Obstacles.Count == 0;

    /// <summary>Looks at what both results tell of their circumstances.</summary>
    public static Comparability Of(RunResult @base, RunResult other)
    {
        var keys = Keys(@base.Run.Configuration, other.Run.Configuration).ToLookup(difference => IsOfLoad(difference.Key)
            || (difference.Base != Unset && difference.Other != Unset));
        var settings = Settings(@base.Ledgers, other.Ledgers).ToLookup(IsOtherKernel);
        return new Comparability(
            [.. Verdicts(@base, other), .. Circumstances(@base, other), .. settings[true], .. keys[true]],
            [.. Servers(@base, other), .. settings[false], .. keys[false]]);
    }

    // A phase lacks the keys that it does not use. Elsewhere a missing key means that another version of ActorLoad wrote the file.
    private static bool IsOfLoad(string key) =>
        key.StartsWith("load.", StringComparison.Ordinal) || key.StartsWith("fleets.", StringComparison.Ordinal);

    private static bool IsOtherKernel(Difference difference) =>
        difference.Key == Release && difference.Base != Unknown && difference.Other != Unknown;

    private static IEnumerable<Difference> Verdicts(RunResult @base, RunResult other) =>
        @base.Verdict == Verdict.Valid && other.Verdict == Verdict.Valid ? []
            : [new Difference("verdict", StoredResult.Name(@base.Verdict), StoredResult.Name(other.Verdict))];

    private static IEnumerable<Difference> Circumstances(RunResult @base, RunResult other) => Different(
    [
        new("target.endpoints", Listed(@base.Target.Endpoints), Listed(other.Target.Endpoints)),
        new("transport.kind", @base.Transport.Kind, other.Transport.Kind),
        new("transport.loops", $"{@base.Transport.Loops}", $"{other.Transport.Loops}"),
    ]);

    private static IEnumerable<Difference> Servers(RunResult @base, RunResult other) =>
        (@base.Ledgers?.Servers ?? []).Zip(other.Ledgers?.Servers ?? []).SelectMany((pair, index) => Different(
        [
            new($"server {index} kind", pair.First.Kind, pair.Second.Kind),
            new($"server {index} version", pair.First.Version, pair.Second.Version),
            new($"server {index} maxclients", Text(pair.First.MaxClients), Text(pair.Second.MaxClients)),
            new($"server {index} tcp-backlog", Text(pair.First.TcpBacklog), Text(pair.Second.TcpBacklog)),
        ]));

    private static IEnumerable<Difference> Settings(Ledgers? @base, Ledgers? other) => Compared(
        @base?.Kernel?.Settings ?? new Dictionary<string, string>(), other?.Kernel?.Settings ?? new Dictionary<string, string>(), Unknown)
        .Where(difference => !Moving.Contains(difference.Key)
            && (difference.Key == Release || (difference.Base != Unknown && difference.Other != Unknown)));

    private static IEnumerable<Difference> Keys(JsonObject @base, JsonObject other) =>
        Compared(Flat(@base), Flat(other), Unset).Where(difference => !HasNoEffect(difference.Key));

    private static bool HasNoEffect(string key) =>
        WithoutEffect.Any(prefix => key == prefix || key.StartsWith($"{prefix}.", StringComparison.Ordinal))
        || (IsOfLoad(key) && key.Split('.') is [.., _, "name"]);

    private static IEnumerable<Difference> Compared(
        IReadOnlyDictionary<string, string> @base, IReadOnlyDictionary<string, string> other, string missing) =>
        Different(@base.Keys.Union(other.Keys).Select(key =>
            new Difference(key, @base.GetValueOrDefault(key, missing), other.GetValueOrDefault(key, missing))));

    private static IEnumerable<Difference> Different(IEnumerable<Difference> all) => all.Where(each => each.Base != each.Other);

    private static Dictionary<string, string> Flat(JsonObject configuration)
    {
        var flat = new Dictionary<string, string>();
        Add("", configuration);
        return flat;

        void Add(string path, JsonNode? node)
        {
            switch (node)
            {
                case JsonObject members:
                    foreach (var (key, value) in members)
                    {
                        Add(path.Length == 0 ? key : $"{path}.{key}", value);
                    }

                    break;
                case JsonArray items:
                    foreach (var (index, item) in items.Index())
                    {
                        Add($"{path}.{index}", item);
                    }

                    break;
                default:
                    flat[path] = node?.ToString() ?? "null";
                    break;
            }
        }
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names);

    private static string Text(long? number) => number is { } known ? $"{known}" : Unknown;
}
