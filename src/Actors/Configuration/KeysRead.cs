namespace ActorLoad.Configuration;

/// <summary>The keys that the readers asked for, by their path in the schema.</summary>
internal sealed class KeysRead
{
    /// <summary>All keys.</summary>
    public HashSet<string> All { get; } = [];

    /// <summary>Keys with free texts; <c>[]</c> after a list stands for each of its items.</summary>
    public HashSet<string> Texts { get; } = [];

    /// <summary>Items of lists of texts, such as <c>target.endpoints[]</c>.</summary>
    public HashSet<string> Items { get; } = [];

    /// <summary>The words that a key can have as its value.</summary>
    public Dictionary<string, IReadOnlyList<string>> Choices { get; } = [];

    /// <summary>The form of an option's value for the key at this path.</summary>
    public ValueForm FormOf(string path) => Texts.Contains(path) ? ValueForm.Text : Items.Contains(path) ? ValueForm.Item : ValueForm.Hocon;
}

/// <summary>The form of an option's or variable's value.</summary>
internal enum ValueForm
{
    /// <summary>HOCON in which a bare word is a string.</summary>
    Hocon,

    /// <summary>A text with or without quotes, which is never a list or an object: <c>[::1]:6379</c>.</summary>
    Item,

    /// <summary>The text as it is.</summary>
    Text,
}
