using System.Globalization;

namespace ActorLoad.Configuration.Hocon;

/// <summary>Layers of one field, from several objects, and objects that stand for lists.</summary>
internal static class HoconLayers
{
    /// <summary>The layers of a field, lowest first, down to the one that hides all others. The objects come topmost first.</summary>
    public static List<HoconNode> Of(IReadOnlyList<HoconObject> objects, string key)
    {
        var layers = new List<HoconNode>();
        foreach (var fields in objects)
        {
            if (fields.Fields.TryGetValue(key, out var field) && !Add(layers, field))
                break;
        }

        layers.Reverse();
        return layers;
    }

    /// <summary>Adds the layers of a field, topmost first; false if they hide the layers below.</summary>
    public static bool Add(List<HoconNode> layers, HoconNode field)
    {
        if (field is not HoconStack stack)
        {
            layers.Add(field);
            return !field.Hides;
        }

        layers.AddRange(stack.Layers.AsEnumerable().Reverse());
        return !stack.Layers[0].Hides;
    }

    /// <summary>A list, or an object with number keys as a list: <c>{ 0 = a, 1 = b }</c>. Skips other keys and missing numbers; null if
    /// there is no number.</summary>
    public static HoconArray? AsList(HoconNode node)
    {
        if (node is not HoconObject fields)
            return node as HoconArray;
        var numbered = new SortedList<int, HoconNode>();
        foreach (var (key, value) in fields.Fields)
        {
            if (IsIndex(key, out var index))
                numbered[index] = value;
        }

        return numbered.Count == 0 ? null : new HoconArray(fields.Origin, [.. numbered.Values]) { Size = fields.Size };
    }

    /// <summary>True for a key that can be an index.</summary>
    public static bool IsIndex(string key, out int index) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
