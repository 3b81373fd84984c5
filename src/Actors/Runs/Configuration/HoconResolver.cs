using System.Text;

namespace ActorLoad.Runs.Configuration;

/// <summary>Carries out what merging left open: substitutions, values side by side, <c>+=</c> and items written by index.</summary>
/// <remarks>
/// A substitution sees the merged result of all layers. The environment is not consulted, and a secret cannot be copied to where it
/// would be shown. Budgets bound what a few lines that refer to each other can blow up to.
/// </remarks>
internal sealed class HoconResolver(HoconObject root, SettingsProblems problems)
{
    private const int MaxDepth = 2 * HoconParser.MaxDepth;
    private const int MaxSteps = 200_000;
    private const int MaxText = 4_000_000;

    private static readonly string[][] Secrets = [["actorload", "target", "password"], ["actorload", "daemon", "token"]];

    private readonly HashSet<string> _active = [];
    private int _depth;
    private int _steps;
    private int _text;
    private bool _exhausted;

    /// <summary>The document with nothing but objects, lists and scalars in it; what cannot be resolved is left out, with a problem
    /// noted.</summary>
    public HoconObject Resolve() => (HoconObject)Apply(null, root, "")!;

    /// <summary>The value of <paramref name="node"/>, written over a resolved value that nobody else holds.</summary>
    private HoconNode? Apply(HoconNode? below, HoconNode node, string path)
    {
        if (_exhausted)
            return below;
        if (++_steps > MaxSteps || _text > MaxText || _depth >= MaxDepth)
        {
            _exhausted = true;
            problems.Add(node.Origin, path, _depth >= MaxDepth ? "substitutions nest too deeply"
                : "substitutions expand to too much", "fewer of them");
            return below;
        }

        _depth++;
        try
        {
            return node switch
            {
                HoconScalar scalar => scalar,
                HoconArray list => ApplyList(list, path),
                HoconObject fields => ApplyFields(below as HoconObject ?? new HoconObject(fields.Origin), fields, path),
                HoconStack stack => stack.Layers.Aggregate(below, (lower, layer) => Apply(lower, layer, path)),
                HoconReference reference => Over(below, Follow(reference, path)),
                HoconConcat concat => Over(below, Join(concat, path)),
                HoconAppend append => ApplyItem(below, append.Origin, null, append.Item, path),
                HoconPatch patch => ApplyItem(below, patch.Origin, patch.Index, patch.Value, path),
                _ => throw new ArgumentException($"no such node: {node.GetType().Name}", nameof(node)),
            };
        }
        finally
        {
            _depth--;
        }
    }

    private HoconArray ApplyList(HoconArray list, string path)
    {
        var resolved = new HoconArray(list.Origin, new(list.Items.Count));
        for (var index = 0; index < list.Items.Count; index++)
        {
            if (Apply(null, list.Items[index], $"{path}[{index}]") is { } item)
                resolved.Items.Add(item);
        }

        return resolved;
    }

    private HoconObject ApplyFields(HoconObject below, HoconObject fields, string path)
    {
        foreach (var (key, field) in fields.Fields)
        {
            if (Apply(below.Fields.GetValueOrDefault(key), field, SettingsProblems.Child(path, key)) is { } value)
                below.Fields[key] = value;
        }

        below.WrittenAt(fields.Origin);
        return below;
    }

    private HoconNode? ApplyItem(HoconNode? below, HoconOrigin origin, int? index, HoconNode value, string path)
    {
        if (below is not (null or HoconArray))
        {
            problems.Add(origin, path, index is null ? "+= on what is no list"
                : "an index into what is no list", "an index or += only for lists");
            return below;
        }

        var list = below as HoconArray ?? new HoconArray(origin, []);
        var at = index ?? list.Items.Count;
        var itemPath = $"{path}[{at}]";
        if (at > list.Items.Count)
            problems.Add(origin, itemPath, $"the list has {list.Items.Count} items",
                $"an index of at most {list.Items.Count}, which appends one");
        else if (Apply(at < list.Items.Count ? list.Items[at] : null, value, itemPath) is not { } item)
            return list;
        else if (at < list.Items.Count)
            list.Items[at] = item;
        else
            list.Items.Add(item);
        return list;
    }

    private static HoconNode? Over(HoconNode? below, HoconNode? above)
    {
        if (below is not HoconObject lower || above is not HoconObject upper)
            return above ?? below;
        lower.PutAll(upper);
        return lower;
    }

    private HoconNode? Follow(HoconReference reference, string path)
    {
        var known = problems.Count;
        var found = Look(reference, [.. reference.Prefix, .. reference.Path], path)
            ?? (reference.Prefix.Length > 0 && problems.Count == known ? Look(reference, reference.Path, path) : null);
        if (found is null && !reference.Optional && problems.Count == known)
        {
            problems.Add(
                reference.Origin, path, $"no value for ${{{string.Join('.', reference.Path.Select(ShownText.Key))}}}",
                "a path from the root such as ${actorload.connection.hold}; environment variables are not looked up");
        }

        // Counted at each use, before anything is joined from it.
        _text += (found as HoconScalar)?.Text.Length ?? 0;
        // What was copied counts as written here.
        return found switch
        {
            HoconScalar scalar => new HoconScalar(reference.Origin, scalar.Text, scalar.Quoted),
            HoconArray list => new HoconArray(reference.Origin, list.Items),
            HoconObject fields => Stamped(fields, reference.Origin),
            _ => null,
        };
    }

    private static HoconObject Stamped(HoconObject fields, HoconOrigin origin)
    {
        fields.WrittenAt(origin);
        return fields;
    }

    private HoconNode? Look(HoconReference reference, string[] path, string from)
    {
        if (Secrets.Any(secret => path.Zip(secret).All(pair => pair.First == pair.Second)))
        {
            problems.Add(reference.Origin, from, "a substitution of a secret, or of an object that holds one",
                "no copies of target.password and daemon.token");
            return null;
        }

        var name = string.Join('\n', path);
        if (!_active.Add(name))
        {
            problems.Add(reference.Origin, from, $"the substitution of {string.Join('.', path.Select(ShownText.Key))} leads back to itself",
                "no circle");
            return null;
        }

        try
        {
            HoconNode? at = root;
            foreach (var key in path)
            {
                var fields = at is HoconObject or null ? at : Apply(null, at, from);
                at = (fields as HoconObject)?.Fields.GetValueOrDefault(key);
            }

            return at is null ? null : Apply(null, at, from);
        }
        finally
        {
            _active.Remove(name);
        }
    }

    private HoconNode? Join(HoconConcat concat, string path)
    {
        var parts = new List<(string Gap, HoconNode Value)>();
        foreach (var (gap, part) in concat.Parts)
        {
            if (Apply(null, part, path) is { } value)
                parts.Add((gap, value));
        }

        if (parts.Count == 0)
            return null;
        if (parts.All(part => part.Value is HoconScalar))
            return JoinText(concat.Origin, parts);
        if (parts.All(part => part.Value is HoconArray))
            return new HoconArray(concat.Origin, [.. parts.SelectMany(part => ((HoconArray)part.Value).Items)]);
        if (parts.All(part => part.Value is HoconObject))
            return parts.Select(part => part.Value).Aggregate((below, above) => Over(below, above)!);
        problems.Add(concat.Origin, path, "texts, lists and objects side by side", "only texts, only lists or only objects");
        return null;
    }

    private HoconScalar JoinText(HoconOrigin origin, List<(string Gap, HoconNode Value)> parts)
    {
        var text = new StringBuilder();
        foreach (var (gap, value) in parts)
        {
            if (text.Length > 0)
                text.Append(gap);
            text.Append(((HoconScalar)value).Text);
        }

        _text += text.Length;
        return new HoconScalar(origin, text.ToString(), parts.Count > 1 || ((HoconScalar)parts[0].Value).Quoted);
    }
}
