namespace ActorLoad.Configuration;

/// <summary>Which keys the readers asked for, by their path in the schema.</summary>
internal sealed class KeysRead
{
    /// <summary>All of them.</summary>
    public HashSet<string> All { get; } = [];

    /// <summary>Those whose value is a text that may be anything; <c>[]</c> behind a list stands for each of its items.</summary>
    public HashSet<string> Texts { get; } = [];

    /// <summary>Items of lists of texts, such as <c>target.endpoints[]</c>.</summary>
    public HashSet<string> Items { get; } = [];

    /// <summary>What the value of an option is that sets the key at this path.</summary>
    public ValueForm FormOf(string path) => Texts.Contains(path) ? ValueForm.Text : Items.Contains(path) ? ValueForm.Item : ValueForm.Hocon;
}

/// <summary>What the value of an option or variable is.</summary>
internal enum ValueForm
{
    /// <summary>HOCON, where a bare word is a string.</summary>
    Hocon,

    /// <summary>A text that may stand in quotes, so that neither a list nor an object can begin with it: <c>[::1]:6379</c>.</summary>
    Item,

    /// <summary>The text as it is.</summary>
    Text,
}
