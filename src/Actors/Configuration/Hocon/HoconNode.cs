namespace ActorLoad.Configuration.Hocon;

/// <summary>Where a value was written.</summary>
/// <param name="Order">Number of its source in the order of reading; 0 is reference.conf.</param>
/// <param name="Source">File, option or variable.</param>
/// <param name="Line">Line in the file, from 1; else null.</param>
/// <param name="IsOption">True for an option or a variable.</param>
internal sealed record HoconOrigin(int Order, string Source, int? Line, bool IsOption = false);

/// <summary>The written size of a resolved value; shared parts count each time.</summary>
internal readonly record struct HoconSize(long Values, long Characters, int Depth);

/// <summary>A node of a HOCON document. Scalars, arrays and objects are values; other kinds must still be resolved.</summary>
internal abstract class HoconNode(HoconOrigin origin)
{
    public HoconOrigin Origin { get; protected set; } = origin;

    /// <summary>Set by the resolver; empty for other nodes.</summary>
    public HoconSize Size { get; set; }

    /// <summary>True for a completely resolved value. It may be shared, so nobody changes it.</summary>
    public bool IsResolved => Size.Values > 0;

    /// <summary>True for a list or a scalar, which replaces the layers below.</summary>
    public bool Hides => this is HoconScalar or HoconArray;
}

/// <summary>A text, number or flag; the reader of the key decides which.</summary>
internal sealed class HoconScalar : HoconNode
{
    public HoconScalar(HoconOrigin origin, string text, bool quoted)
        : base(origin)
    {
        (Text, Quoted) = (text, quoted);
        Size = new HoconSize(1, text.Length, 0);
    }

    public string Text { get; }

    public bool Quoted { get; }
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

    /// <summary>Writes a field over a present one: objects merge, unresolved nodes wait in a stack.</summary>
    public void Put(string key, HoconNode value)
    {
        if (value is HoconStack above)
        {
            foreach (var layer in above.Layers)
                Put(key, layer);
        }
        else if (value.Hides || !Fields.TryGetValue(key, out var below) || (value is HoconObject && below.Hides))
        {
            Fields[key] = value;
        }
        else if (value is HoconObject upper && (below as HoconStack)?.Layers[^1] is HoconObject top)
        {
            top.PutAll(upper);
        }
        else if (value is HoconObject melted && below is HoconObject lower)
        {
            lower.PutAll(melted);
        }
        else if (below is HoconStack stack)
        {
            stack.Layers.Add(value);
        }
        else
        {
            Fields[key] = new HoconStack(value.Origin, [below, value]);
        }
    }

    /// <summary>Writes all fields of another object over this one, and takes over its origin.</summary>
    public void PutAll(HoconObject above)
    {
        foreach (var (key, value) in above.Fields)
            Put(key, value);
        Origin = above.Origin;
    }
}

/// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
/// <param name="origin">Its origin.</param>
/// <param name="path">Its path, from the root of its file.</param>
/// <param name="optional">True with the question mark.</param>
/// <param name="prefix">Where its file was included.</param>
/// <param name="variable">Looks up an environment variable; null where that is forbidden.</param>
/// <param name="field">The field of the value that it belongs to, from the root of the whole document.</param>
internal sealed class HoconReference(
    HoconOrigin origin, string[] path, bool optional, string[] prefix, Func<string, string?>? variable, string[] field) : HoconNode(origin)
{
    public string[] Field { get; } = field;

    public string[] Path { get; } = path;

    public bool Optional { get; } = optional;

    public string[] Prefix { get; } = prefix;

    public Func<string, string?>? Variable { get; } = variable;
}

/// <summary>Values side by side, each with the white space before it.</summary>
internal sealed class HoconConcat(HoconOrigin origin, List<(string Gap, HoconNode Value)> parts) : HoconNode(origin)
{
    public List<(string Gap, HoconNode Value)> Parts { get; } = parts;
}

/// <summary>Writes one item of the list below: the item at <paramref name="index"/>, as <c>load.0.connections</c> in an option does, or,
/// without an index, a new item, as <c>+=</c> does.</summary>
internal sealed class HoconItem(HoconOrigin origin, int? index, HoconNode value) : HoconNode(origin)
{
    public int? Index { get; } = index;

    public HoconNode Value { get; } = value;
}

/// <summary>The layers of one field, lowest first. A flat list, because a deep chain of nodes could overflow the
/// stack.</summary>
internal sealed class HoconStack(HoconOrigin origin, List<HoconNode> layers) : HoconNode(origin)
{
    public List<HoconNode> Layers { get; } = layers;
}
