namespace ActorLoad.Configuration.Hocon;

/// <summary>Tracks the values that are being resolved, and decides what to do when a value needs itself.</summary>
/// <remarks>
/// HOCON breaks such a circle by looking back: the value that closes it sees only what was written to its field before. If more
/// than one link could look back, the result would depend on the starting point; that is an error here.
/// </remarks>
internal sealed class HoconCycles
{
    private readonly List<(HoconNode Node, bool CanLookBack)> _links = [];
    private readonly HashSet<HoconNode> _active = new(ReferenceEqualityComparer.Instance);

    private HoconNode? _leftOut;

    /// <summary>Stands for a value while its circle is unwound to the one link that can look back.</summary>
    public static HoconNode Unwinding { get; } = new HoconScalar(new HoconOrigin(0, "", null), "", true);

    /// <summary>True if a circle cannot be broken; the reference that closes it reads and resets this.</summary>
    public bool IsStuck { get; set; }

    /// <summary>Number of layers that are being resolved, each for the one before it.</summary>
    public int Depth => _links.Count;

    /// <summary>The lowest of them that was met again. Results above it are incomplete, and valid only there.</summary>
    public int Reach { get; set; } = int.MaxValue;

    /// <summary>Begins to resolve a layer; <paramref name="canLookBack"/> is true if there are layers below it.</summary>
    public void Begin(HoconNode layer, bool canLookBack)
    {
        _links.Add((layer, canLookBack));
        _active.Add(layer);
    }

    public void End()
    {
        _active.Remove(_links[^1].Node);
        _links.RemoveAt(_links.Count - 1);
    }

    /// <summary>True if the reference is a part of a layer that is being resolved, so that it must not see that layer.</summary>
    public bool IsBehind(HoconReference reference, HoconNode layer) =>
        _active.Contains(layer) && IsPart(reference, layer) && Meet(layer) >= 0;

    /// <summary>Number of layers that a reference may see; negative if the circle must be unwound first, or cannot be broken.</summary>
    public int Visible(IReadOnlyList<HoconNode> layers, HoconReference? asking)
    {
        for (var at = 0; _active.Count > 0 && at < layers.Count; at++)
        {
            if (_active.Contains(layers[at]))
                return (asking is not null && IsBehind(asking, layers[at])) || LooksBack(layers[at]) ? at : -1;
        }

        return layers.Count;
    }

    /// <summary>True if this layer is the one to leave out, which ends the unwinding.</summary>
    public bool EndsAt(HoconNode layer)
    {
        if (!ReferenceEquals(_leftOut, layer))
            return false;
        _leftOut = null;
        return true;
    }

    /// <summary>Notes a circle that cannot be broken.</summary>
    public void GetStuck() => (IsStuck, Reach) = (true, 0);

    private int Meet(HoconNode layer)
    {
        var at = _links.FindLastIndex(link => ReferenceEquals(link.Node, layer));
        Reach = Math.Min(Reach, at);
        return at;
    }

    private bool LooksBack(HoconNode closing)
    {
        var able = _links.Skip(Meet(closing)).Where(link => link.CanLookBack).Take(2).Select(link => link.Node).ToList();
        if (able is not [var only])
            IsStuck = true;
        else if (ReferenceEquals(only, closing))
            return true;
        else
            _leftOut = only;
        return false;
    }

    // Side by side with other values. A reference inside an object or a list there sees the whole field.
    private static bool IsPart(HoconReference reference, HoconNode of) => of switch
    {
        HoconConcat concat => concat.Parts.Exists(part => ReferenceEquals(part.Value, reference)),
        HoconItem item => IsPart(reference, item.Value),
        _ => ReferenceEquals(of, reference),
    };
}
