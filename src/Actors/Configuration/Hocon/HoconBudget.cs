using System.Runtime.CompilerServices;

namespace ActorLoad.Configuration.Hocon;

/// <summary>Limits the size of a configuration and the cost of resolving it, because a few lines that refer to each other can expand to
/// gigabytes. Counts work, not time, so that every machine refuses the same texts.</summary>
internal sealed class HoconBudget
{
    /// <summary>Most values, both written and expanded.</summary>
    public const int MaxValues = 100_000;

    private const int MaxCharacters = 4_000_000;
    private const int MaxSteps = 5_000_000;
    private const int MaxDepth = 2 * HoconParser.MaxDepth;
    private const int MaxNesting = 256;

    private int _nesting;
    private long _steps;
    private long _joined;

    /// <summary>The exceeded limit; null so far. Once it is set, nothing more is resolved.</summary>
    public string? Excess { get; private set; }

    /// <summary>The value that exceeded it.</summary>
    public HoconNode? Where { get; private set; }

    /// <summary>Its place.</summary>
    public HoconPlace? Place { get; private set; }

    /// <summary>Begins one evaluation inside another, which <see cref="Leave"/> ends; false if the nesting is too deep.</summary>
    public bool TryEnter(IReadOnlyList<HoconNode> layers, HoconPlace place)
    {
        // The limit is the same everywhere. Only a thread with a tiny stack reaches the other limit first.
        if (_nesting >= MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            Exceed("substitutions nest too deeply", layers[^1], place);
        else if (!Spend(layers.Count))
            Exceed("substitutions take too much work", layers[^1], place);
        if (Excess is null)
            _nesting++;
        return Excess is null;
    }

    public void Leave() => _nesting--;

    /// <summary>Counts work; false if there was too much.</summary>
    public bool Spend(int steps) => (_steps += steps) <= MaxSteps;

    /// <summary>Counts an assembled or copied text.</summary>
    public void Join(long characters, HoconNode node, HoconPlace place)
    {
        if ((_joined += characters) > MaxCharacters)
            Exceed($"substitutions expand to more than {MaxCharacters} characters", node, place);
    }

    /// <summary>A list of resolved items.</summary>
    public HoconArray List(HoconOrigin origin, List<HoconNode> items, HoconPlace place)
    {
        var list = new HoconArray(origin, items);
        list.Size = Measure(items, list, place);
        return list;
    }

    /// <summary>The size of a value with inner values.</summary>
    public HoconSize Measure(IEnumerable<HoconNode> inner, HoconNode node, HoconPlace place)
    {
        var (values, characters, depth) = (1L, 0L, 0);
        foreach (var part in inner)
        {
            values += part.Size.Values;
            characters += part.Size.Characters;
            depth = Math.Max(depth, part.Size.Depth);
        }

        if (values > MaxValues)
            Exceed($"this comes to more than {MaxValues} values", node, place);
        else if (characters > MaxCharacters)
            Exceed($"this comes to more than {MaxCharacters} characters", node, place);
        else if (depth >= MaxDepth)
            Exceed($"this comes to more than {MaxDepth} levels", node, place);
        return new HoconSize(values, characters, depth + 1);
    }

    private void Exceed(string what, HoconNode node, HoconPlace place)
    {
        if (Excess is null)
            (Excess, Where, Place) = (what, node, place);
    }
}
