namespace ActorLoad.Configuration.Hocon;

/// <summary>The place of a value in the tree; turned into text only for an error.</summary>
internal sealed record HoconPlace(HoconPlace? Above, string Key, int? Index)
{
    /// <summary>The root of the file.</summary>
    public static HoconPlace Root { get; } = new(null, "", null);

    public HoconPlace Field(string key) => new(this, key, null);

    public HoconPlace Item(int index) => new(this, "", index);

    /// <summary>The keys alone, without list indexes.</summary>
    public string Keys => Above is null ? "" : Index is null ? SettingsProblems.Child(Above.Keys, Key) : Above.Keys;

    public override string ToString() => Above is null ? "" : Index is { } index ? $"{Above}[{index}]"
        : SettingsProblems.Child(Above.ToString(), Key);
}
