using ActorLoad.Configuration.Hocon;

namespace ActorLoad.Configuration;

/// <summary>Collects all problems, so that the user sees them at once.</summary>
internal sealed class SettingsProblems
{
    // Far more than the listed ones, because they are found in another order.
    private const int MostKept = 2000;

    private readonly List<(int Order, SettingsError Error)> _found = [];
    private readonly HashSet<SettingsError> _seen = [];
    private readonly HashSet<(HoconNode Node, string Problem)> _judged = [];
    private readonly List<string> _secrets = [];

    /// <summary>The object that all keys live under.</summary>
    public const string Root = "actorload";

    // A shorter secret occurs in many words.
    private const int ShortestSecret = 4;

    /// <summary>Number of problems.</summary>
    public int Count { get; private set; }

    /// <summary>True if there are so many problems that a hint on another one is useless.</summary>
    public bool AreMany => Count >= MostKept;

    /// <summary>True if brackets do not match, so that the read values say nothing about the intended ones.</summary>
    public bool StructureLost { get; set; }

    /// <summary>Notes a problem once; <paramref name="path"/> counts from the root of the file.</summary>
    public void Add(HoconOrigin origin, string path, string problem, string allowed = "")
    {
        if (AreMany)
        {
            Count++;
            return;
        }

        var key = path == Root ? "" : path.StartsWith(Root + ".", StringComparison.Ordinal) ? path[(Root.Length + 1)..] : path;
        Add(origin.Order, new SettingsError(origin.Source, origin.Line, key, ShownText.OneLine(problem), ShownText.OneLine(allowed)));
    }

    /// <summary>Notes a problem with a value once, even if several paths lead to it: phases inherit their defaults.</summary>
    public void Add(HoconNode node, string path, string problem, string allowed)
    {
        if (AreMany || _judged.Add((node, problem)))
            Add(node.Origin, path, problem, allowed);
    }

    /// <summary>Notes a problem that another part found.</summary>
    public void Add(int order, SettingsError error)
    {
        if (_found.Count < MostKept && !_seen.Add(error))
            return;
        Count++;
        if (_found.Count < MostKept)
            _found.Add((order, error));
    }

    /// <summary>Hides this secret in all problems, because another value may contain it.</summary>
    public void Hide(string? secret)
    {
        if (secret is { Length: >= ShortestSecret })
            _secrets.Add(secret);
    }

    /// <summary>A text without the secrets that it contains as a whole.</summary>
    public string WithoutSecrets(string text) =>
        _secrets.Aggregate(text, (shown, secret) => shown.Replace(secret, Metrics.Secrets.Mask, StringComparison.Ordinal));

    /// <summary>Throws all problems, by source in the order of reading, then by line.</summary>
    public void ThrowIfAny()
    {
        if (_found.Count > 0)
        {
            var ordered = _found.OrderBy(found => found.Order).ThenBy(found => found.Error.Line ?? 0);
            throw new SettingsException(
                [.. ordered.Select(found =>
                    found.Error with { Problem = WithoutSecrets(found.Error.Problem), Allowed = WithoutSecrets(found.Error.Allowed) })],
                Count - _found.Count);
        }
    }

    /// <summary>The path of a field.</summary>
    public static string Child(string path, string key) => path.Length == 0 ? ShownText.Key(key) : $"{path}.{ShownText.Key(key)}";
}
