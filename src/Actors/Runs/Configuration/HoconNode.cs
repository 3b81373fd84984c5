namespace ActorLoad.Runs.Configuration;

/// <summary>Where a value was written.</summary>
/// <param name="Order">Number of its source in the order of reading; 0 is reference.conf.</param>
/// <param name="Source">File, option or variable.</param>
/// <param name="Line">Line in the file, from 1; null where there is none.</param>
/// <param name="IsOption">True for an option or a variable.</param>
internal sealed record HoconOrigin(int Order, string Source, int? Line, bool IsOption = false);

/// <summary>A value of a HOCON document; scalars, arrays and objects are values, the other kinds are still to be resolved.</summary>
internal abstract class HoconNode(HoconOrigin origin)
{
    public HoconOrigin Origin { get; protected set; } = origin;
}

/// <summary>A text, number or flag: which of them is for the reader of the key to say.</summary>
internal sealed class HoconScalar(HoconOrigin origin, string text, bool quoted) : HoconNode(origin)
{
    public string Text { get; } = text;

    public bool Quoted { get; } = quoted;
}

/// <summary>A list.</summary>
internal sealed class HoconArray(HoconOrigin origin, List<HoconNode> items) : HoconNode(origin)
{
    public List<HoconNode> Items { get; } = items;
}

/// <summary>Fields in the order in which they were first written.</summary>
internal sealed class HoconObject(HoconOrigin origin) : HoconNode(origin)
{
    public OrderedDictionary<string, HoconNode> Fields { get; } = [];

    /// <summary>Writes a field over what is there: objects melt together, what is unresolved waits in a stack.</summary>
    public void Put(string key, HoconNode value)
    {
        if (!Fields.TryGetValue(key, out var below))
            Fields.Add(key, value);
        else if (below is HoconObject lower && value is HoconObject upper)
            lower.PutAll(upper);
        else if (value is HoconScalar or HoconArray || (value is HoconObject && below is HoconScalar or HoconArray))
            Fields[key] = value;
        else if (below is HoconStack stack)
            stack.Layers.Add(value);
        else
            Fields[key] = new HoconStack(value.Origin, [below, value]);
    }

    /// <summary>Writes all fields of another object over this one, which from then on counts as written there.</summary>
    public void PutAll(HoconObject above)
    {
        foreach (var (key, value) in above.Fields)
            Put(key, value);
        Origin = above.Origin;
    }

    /// <summary>The same, for a layer that is merged by other means.</summary>
    public void WrittenAt(HoconOrigin origin) => Origin = origin;
}

/// <summary><c>${path}</c> or <c>${?path}</c>; <paramref name="prefix"/> is where the file that holds it was included.</summary>
internal sealed class HoconReference(HoconOrigin origin, string[] path, bool optional, string[] prefix) : HoconNode(origin)
{
    public string[] Path { get; } = path;

    public bool Optional { get; } = optional;

    public string[] Prefix { get; } = prefix;
}

/// <summary>Values side by side, each with the white space before it.</summary>
internal sealed class HoconConcat(HoconOrigin origin, List<(string Gap, HoconNode Value)> parts) : HoconNode(origin)
{
    public List<(string Gap, HoconNode Value)> Parts { get; } = parts;
}

/// <summary><c>+=</c>: one more item for the list below.</summary>
internal sealed class HoconAppend(HoconOrigin origin, HoconNode item) : HoconNode(origin)
{
    public HoconNode Item { get; } = item;
}

/// <summary>An item of the list below, written by its index: <c>load.0.connections</c>.</summary>
internal sealed class HoconPatch(HoconOrigin origin, int index, HoconNode value) : HoconNode(origin)
{
    public int Index { get; } = index;

    public HoconNode Value { get; } = value;
}

/// <summary>What was written to one field, lowest first; a flat list, because a chain of nodes could be deep enough to end the
/// stack.</summary>
internal sealed class HoconStack(HoconOrigin origin, List<HoconNode> layers) : HoconNode(origin)
{
    public List<HoconNode> Layers { get; } = layers;
}
