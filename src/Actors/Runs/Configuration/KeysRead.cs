namespace ActorLoad.Runs.Configuration;

/// <summary>Which keys the readers asked for, by their path in the schema.</summary>
internal sealed class KeysRead
{
    /// <summary>All of them.</summary>
    public HashSet<string> All { get; } = [];

    /// <summary>Those whose value is a text that may be anything; <c>[]</c> behind a list stands for each of its items.</summary>
    public HashSet<string> Texts { get; } = [];
}
