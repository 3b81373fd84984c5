namespace ActorLoad.Configuration.Hocon;

/// <summary>Finds the values of substitutions: in the merged result of all sources, then in the environment, if allowed.</summary>
/// <remarks>Refuses to copy a secret to a place where it would be shown.</remarks>
internal sealed class HoconReferences(
    HoconResolver resolver, HoconObject root, SettingsProblems problems, HoconCycles cycles, HoconBudget budget)
{
    private static readonly string[][] Secrets = [["actorload", "target", "password"], ["actorload", "daemon", "token"]];

    private readonly Dictionary<HoconReference, HoconNode?> _known = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<HoconNode> _passing = new(ReferenceEqualityComparer.Instance);

    /// <summary>The value of a substitution. Null if there is none, with a problem noted unless it is optional.</summary>
    public HoconNode? Follow(HoconReference reference, HoconPlace place)
    {
        if (_known.TryGetValue(reference, out var found))
            return found;
        var (errors, wasStuck) = (problems.Count, cycles.IsStuck);
        cycles.IsStuck = false;
        found = Look(reference, place);
        var isStuck = cycles.IsStuck;
        cycles.IsStuck = wasStuck;
        if (found == HoconCycles.Unwinding)
            return found;
        if (isStuck)
            found = null;
        if (found is null && !reference.Optional && problems.Count == errors && budget.Excess is null)
            NoteMissing(reference, place, isStuck);
        found = Copied(found, reference, place);
        // An absence because of a circle counts only inside that circle.
        if (found is not null || !isStuck)
            _known[reference] = found;
        return found;
    }

    private void NoteMissing(HoconReference reference, HoconPlace place, bool isStuck)
    {
        var shown = string.Join('.', reference.Path.Select(ShownText.Key));
        var key = KeyOf(reference, place);
        if (isStuck)
            problems.Add(reference.Origin, key, $"the substitution of {shown} leads back to itself", "no circle");
        else
            problems.Add(reference.Origin, key, $"no value for ${{{shown}}}",
                $"a path from the root such as ${{actorload.connection.hold}}{(reference.Variable is null
                    ? "; environment variables are not looked up" : ", or an environment variable")}");
    }

    // It may be resolved for another field, but the error belongs to its own field.
    private static string KeyOf(HoconReference reference, HoconPlace place)
    {
        var field = reference.Field.Aggregate("", SettingsProblems.Child);
        return place.Keys.StartsWith(field, StringComparison.Ordinal) ? place.ToString() : field;
    }

    private HoconNode? Look(HoconReference reference, HoconPlace place)
    {
        foreach (var path in Paths(reference))
        {
            if (IsSecret(path))
            {
                problems.Add(reference.Origin, KeyOf(reference, place), "a substitution of a secret, or of an object with a secret",
                    "no copies of target.password and daemon.token");
                return null;
            }

            var layers = Locate(path, reference);
            var value = layers.Count == 0 ? null : resolver.Merge(layers, place, reference);
            if (value is not null || cycles.IsStuck)
                return value;
        }

        return reference.Variable?.Invoke(string.Join('.', reference.Path)) is { } text
            ? new HoconScalar(reference.Origin, text, true) : null;
    }

    // In an included file, first from the place of the include, then from the root.
    private static IEnumerable<string[]> Paths(HoconReference reference) =>
        reference.Prefix.Length == 0 ? [reference.Path] : [[.. reference.Prefix, .. reference.Path], reference.Path];

    private static bool IsSecret(string[] path) => Secrets.Any(secret => path.Zip(secret).All(pair => pair.First == pair.Second));

    /// <summary>The layers at a path, lowest first; empty if there are none.</summary>
    private IReadOnlyList<HoconNode> Locate(string[] path, HoconReference asking)
    {
        IReadOnlyList<HoconNode> layers = [root];
        foreach (var key in path)
        {
            if (layers.Count > 0)
                layers = Children(layers, key, asking);
        }

        return layers;
    }

    /// <summary>The layers of a key inside other layers, which are not resolved for that. Only so can an object refer to
    /// itself.</summary>
    private List<HoconNode> Children(IReadOnlyList<HoconNode> layers, string key, HoconReference asking)
    {
        var found = new List<HoconNode>();
        if (layers is [HoconObject only] && only.Fields.TryGetValue(key, out var child))
            return [child];
        var flat = layers is [HoconStack stack] ? stack.Layers : layers;
        var visible = 0;
        while (visible < flat.Count && !cycles.IsBehind(asking, flat[visible]) && !_passing.Contains(flat[visible])
            && !LeadsTo(asking, flat[visible]) && budget.Spend(1))
            visible++;
        for (var at = visible - 1; at >= 0 && budget.Spend(1); at--)
        {
            if (!AddChild(found, flat[at], key))
                break;
        }

        found.Reverse();
        return found;
    }

    /// <summary>Adds a layer's values of a key, topmost first; false if it hides the layers below.</summary>
    private bool AddChild(List<HoconNode> found, HoconNode layer, string key)
    {
        switch (layer)
        {
            case HoconObject fields:
                return !fields.Fields.TryGetValue(key, out var child) || HoconLayers.Add(found, child);
            case HoconReference or HoconConcat when budget.TryEnter([layer], HoconPlace.Root):
                _passing.Add(layer);
                var goesOn = layer is HoconReference reference ? AddThrough(found, reference, key)
                    : AddParts(found, (HoconConcat)layer, key);
                _passing.Remove(layer);
                budget.Leave();
                return goesOn;
            default:
                return false;
        }
    }

    // A layer that resolves to an object with the reference in it needs that reference itself.
    private static bool LeadsTo(HoconReference asking, HoconNode layer) => layer switch
    {
        HoconReference reference => Paths(reference).Any(path => asking.Field.AsSpan().StartsWith(path)),
        HoconConcat concat => concat.Parts.Exists(part => part.Value is HoconReference reference && LeadsTo(asking, reference)),
        _ => false,
    };

    private bool AddParts(List<HoconNode> found, HoconConcat concat, string key)
    {
        if (concat.Parts.Exists(part => part.Value.Hides))
            return false;
        return concat.Parts.AsEnumerable().Reverse().All(part => AddChild(found, part.Value, key));
    }

    private bool AddThrough(List<HoconNode> found, HoconReference reference, string key)
    {
        foreach (var path in Paths(reference).Where(path => !IsSecret(path)))
        {
            var target = Locate(path, reference);
            if (target.Count == 0)
                continue;
            if ((target[^1] as HoconStack)?.Layers[^1] is { Hides: true } or HoconItem || target[^1].Hides || target[^1] is HoconItem)
                return false;
            var children = Children(target, key, reference);
            foreach (var child in children.AsEnumerable().Reverse())
                HoconLayers.Add(found, child);
            return children.Count == 0 || !children[0].Hides;
        }

        return true;
    }

    // A copied value counts as written at the substitution. So do items of the reference: nobody looks for a mistake there.
    private HoconNode? Copied(HoconNode? found, HoconReference reference, HoconPlace place)
    {
        switch (found)
        {
            case HoconScalar scalar:
                budget.Join(scalar.Text.Length, reference, place);
                return new HoconScalar(reference.Origin, scalar.Text, scalar.Quoted);
            case HoconArray list:
                var items = list.Items.ConvertAll(item => item.Origin.Order == 0 ? Copied(item, reference, place) ?? item : item);
                return new HoconArray(reference.Origin, items) { Size = list.Size };
            case HoconObject fields:
                budget.Spend(fields.Fields.Count);
                var copy = new HoconObject(reference.Origin) { Size = fields.Size };
                foreach (var (key, value) in fields.Fields)
                    copy.Fields.Add(key, value);
                return copy;
            default:
                return null;
        }
    }
}
