namespace ActorLoad.Configuration.Hocon;

/// <summary>Resolves what merging left open: substitutions, values side by side, <c>+=</c> and items written by index.</summary>
/// <remarks>
/// Every field is resolved from its layers, lowest first, and only on demand. So a substitution sees the merged result of all sources,
/// and a replaced value is never looked at. Results are shared, so nobody changes them; <see cref="HoconBudget"/> bounds their
/// size.
/// </remarks>
internal sealed class HoconResolver
{
    private readonly HoconObject _root;
    private readonly SettingsProblems _problems;
    private readonly HoconBudget _budget = new();
    private readonly HoconCycles _cycles = new();
    private readonly HoconReferences _references;
    private readonly HoconJoin _join;
    private readonly Dictionary<HoconNode, HoconNode?> _known = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<HoconNode> _open = new(ReferenceEqualityComparer.Instance);

    public HoconResolver(HoconObject root, SettingsProblems problems)
    {
        (_root, _problems) = (root, problems);
        _references = new HoconReferences(this, root, problems, _cycles, _budget);
        _join = new HoconJoin(this, _references, problems, _budget);
    }

    /// <summary>The document with only objects, lists and scalars. Leaves out unresolvable parts, with a problem
    /// noted.</summary>
    public HoconObject Resolve()
    {
        var resolved = Merge([_root], HoconPlace.Root) as HoconObject ?? new HoconObject(_root.Origin);
        if (_budget.Excess is { } excess)
            _problems.Add(_budget.Where!.Origin, _budget.Place!.ToString(), excess, "fewer or smaller substitutions");
        return resolved;
    }

    /// <summary>The value of a field's layers, lowest first, as far as the asking reference may see them; null if there is no
    /// value.</summary>
    public HoconNode? Merge(IReadOnlyList<HoconNode> layers, HoconPlace place, HoconReference? asking = null)
    {
        var whole = layers.Count == 1 ? layers[0] : null;
        if (whole is { IsResolved: true })
            return whole;
        if (whole is not null && _known.TryGetValue(whole, out var known))
            return known;
        if (whole is HoconStack stack)
            layers = stack.Layers;
        if (!_budget.TryEnter(layers, place))
            return null;
        var reach = _cycles.Reach;
        _cycles.Reach = int.MaxValue;
        try
        {
            var visible = _cycles.Visible(layers, asking);
            if (visible < 0)
                return _cycles.IsStuck ? null : HoconCycles.Unwinding;
            var value = Merge(layers, visible, place, out var isComplete);
            // An absence because of a circle counts only inside that circle; a value is the same for all its members.
            if (whole is not null && isComplete && visible == layers.Count && !_cycles.IsStuck
                && (value is not null || _cycles.Reach >= _cycles.Depth))
                _known[whole] = value;
            return value;
        }
        finally
        {
            _cycles.Reach = Math.Min(reach, _cycles.Reach);
            _budget.Leave();
        }
    }

    /// <summary>Merges objects, the topmost first.</summary>
    public HoconNode? Fields(IReadOnlyList<HoconObject> objects, HoconPlace place)
    {
        if (objects is [{ IsResolved: true }])
            return objects[0];
        var opened = 0;
        try
        {
            for (; opened < objects.Count; opened++)
            {
                if (!objects[opened].IsResolved && !_open.Add(objects[opened]))
                {
                    _cycles.GetStuck();
                    return null;
                }
            }

            var merged = new HoconObject(objects[0].Origin);
            foreach (var key in objects.Count == 1 ? objects[0].Fields.Keys
                : objects.Reverse().SelectMany(fields => fields.Fields.Keys).Distinct())
            {
                var value = Merge(objects.Count == 1 ? [objects[0].Fields[key]] : HoconLayers.Of(objects, key), place.Field(key));
                if (value == HoconCycles.Unwinding)
                    return value;
                if (value is not null)
                    merged.Fields.Add(key, value);
            }

            merged.Size = _budget.Measure(merged.Fields.Values, merged, place);
            return merged;
        }
        finally
        {
            for (var index = 0; index < opened; index++)
                _open.Remove(objects[index]);
        }
    }

    /// <summary>A list with its items resolved.</summary>
    public HoconNode? Items(HoconArray list, HoconPlace place)
    {
        if (list.IsResolved)
            return list;
        if (!_open.Add(list))
        {
            _cycles.GetStuck();
            return null;
        }

        var items = new List<HoconNode>(list.Items.Count);
        foreach (var item in list.Items)
        {
            var value = Merge([item], place.Item(items.Count));
            if (value == HoconCycles.Unwinding)
            {
                _open.Remove(list);
                return value;
            }

            if (value is not null)
                items.Add(value);
        }

        _open.Remove(list);
        return _budget.List(list.Origin, items, place);
    }

    private HoconNode? Merge(IReadOnlyList<HoconNode> layers, int count, HoconPlace place, out bool isComplete)
    {
        isComplete = true;
        List<HoconObject>? objects = null;
        for (var at = count - 1; at >= 0; at--)
        {
            var value = Open(layers, at, place);
            if (value == HoconCycles.Unwinding)
            {
                isComplete = false;
                if (!_cycles.EndsAt(layers[at]))
                    return value;
            }
            else if (value is HoconObject fields)
            {
                (objects ??= []).Add(fields);
            }
            else if (value is not null)
            {
                if (objects is null)
                    return value is HoconArray list ? Items(list, place) : value;
                break;
            }
        }

        return objects is null ? null : Fields(objects, place);
    }

    private HoconNode? Open(IReadOnlyList<HoconNode> layers, int at, HoconPlace place)
    {
        switch (layers[at])
        {
            case HoconScalar or HoconArray or HoconObject:
                return layers[at];
            case HoconItem:
                return WriteItems(layers, at, place);
            default:
                break;
        }

        _cycles.Begin(layers[at], at > 0);
        var value = layers[at] is HoconReference reference ? _references.Follow(reference, place)
            : _join.Join((HoconConcat)layers[at], place);
        _cycles.End();
        return value;
    }

    // Consecutive items at once: copying the list for each of possibly thousands would be slow.
    private HoconNode? WriteItems(IReadOnlyList<HoconNode> layers, int last, HoconPlace place)
    {
        var first = last;
        while (first > 0 && layers[first - 1] is HoconItem)
            first--;
        var below = first == 0 ? null : Merge([.. layers.Take(first)], place);
        if (below == HoconCycles.Unwinding)
            return below;
        var written = (HoconItem)layers[first];
        if (below is not null && HoconLayers.AsList(below) is null)
        {
            _problems.Add(written.Origin, place.ToString(), written.Index is null ? "+= on a value that is not a list"
                : "an index into a value that is not a list", "an index or += only for lists");
            return null;
        }

        List<HoconNode> items = below is null ? [] : [.. HoconLayers.AsList(below)!.Items];
        for (var at = first; at <= last && _budget.Spend(1); at++)
        {
            written = (HoconItem)layers[at];
            _cycles.Begin(written, at > 0);
            var isWritten = WriteItem(items, written, place);
            _cycles.End();
            if (!isWritten && !_cycles.EndsAt(written))
                return HoconCycles.Unwinding;
        }

        return _budget.List(below?.Origin ?? written.Origin, items, place);
    }

    private bool WriteItem(List<HoconNode> items, HoconItem written, HoconPlace place)
    {
        var index = written.Index ?? items.Count;
        if (index > items.Count)
        {
            _problems.Add(written.Origin, place.Item(index).ToString(), $"the list has {items.Count} items",
                $"an index of at most {items.Count}, which appends one");
            return true;
        }

        var item = Merge(index < items.Count ? [items[index], written.Value] : [written.Value], place.Item(index));
        if (item == HoconCycles.Unwinding)
            return false;
        if (item is not null && index < items.Count)
            items[index] = item;
        else if (item is not null)
            items.Add(item);
        return true;
    }
}
