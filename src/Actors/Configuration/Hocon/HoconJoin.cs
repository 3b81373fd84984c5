using System.Text;

namespace ActorLoad.Configuration.Hocon;

/// <summary>Joins values side by side into one: a text, a list or an object.</summary>
internal sealed class HoconJoin(HoconResolver resolver, HoconReferences references, SettingsProblems problems, HoconBudget budget)
{
    /// <summary>The value; null if it is empty or, with a problem noted, if the parts do not fit together.</summary>
    public HoconNode? Join(HoconConcat concat, HoconPlace place)
    {
        var parts = new List<(string Gap, HoconNode? Value)>(concat.Parts.Count);
        foreach (var (gap, part) in concat.Parts)
        {
            var value = part is HoconReference reference ? references.Follow(reference, place) : part;
            if (value == HoconCycles.Unwinding)
                return value;
            parts.Add((gap, value));
        }

        var known = parts.Where(part => part.Value is not null).Select(part => part.Value!).ToList();
        if (known.TrueForAll(value => value is HoconScalar))
            return JoinText(concat, parts, place);
        return known.TrueForAll(value => value is HoconObject)
            ? resolver.Fields([.. known.Cast<HoconObject>().Reverse()], place)
            : JoinLists(concat, known, place);
    }

    // White space between texts belongs to the text, even beside an absent optional substitution.
    private HoconScalar? JoinText(HoconConcat concat, List<(string Gap, HoconNode? Value)> parts, HoconPlace place)
    {
        var text = new StringBuilder();
        foreach (var (gap, value) in parts)
            text.Append(gap).Append((value as HoconScalar)?.Text);
        if (text.Length == 0 && parts.TrueForAll(part => part.Value is null))
            return null;
        budget.Join(text.Length, concat, place);
        return new HoconScalar(concat.Origin, text.ToString(), true);
    }

    private HoconNode? JoinLists(HoconConcat concat, List<HoconNode> parts, HoconPlace place)
    {
        var items = new List<HoconNode>();
        foreach (var part in parts)
        {
            var value = part switch
            {
                HoconArray list => resolver.Items(list, place),
                HoconObject fields => resolver.Fields([fields], place),
                _ => part,
            };
            if (value is null || value == HoconCycles.Unwinding)
                return value;
            if (HoconLayers.AsList(value) is not { } added)
            {
                problems.Add(concat.Origin, place.ToString(), "texts, lists and objects side by side",
                    "only texts, only lists or only objects");
                return null;
            }

            budget.Spend(added.Items.Count);
            items.AddRange(added.Items);
        }

        return budget.List(concat.Origin, items, place);
    }
}
