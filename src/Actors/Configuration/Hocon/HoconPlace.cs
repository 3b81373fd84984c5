namespace ActorLoad.Configuration.Hocon;

/// <summary>Where in the tree a value is worked out; put into words only when something is wrong there.</summary>
internal sealed record HoconPlace(HoconPlace? Above, string Key, int? Index)
{
    /// <summary>The root of the file.</summary>
    public static HoconPlace Root { get; } = new(null, "", null);

    public HoconPlace Field(string key) => new(this, key, null);

    public HoconPlace Item(int index) => new(this, "", index);

    /// <summary>The keys alone, without the places in lists.</summary>
    public string Keys => Above is null ? "" : Index is null ? SettingsProblems.Child(Above.Keys, Key) : Above.Keys;

    public override string ToString() => Above is null ? "" : Index is { } index ? $"{Above}[{index}]" : SettingsProblems.Child(Above.ToString(), Key);
}
