namespace ActorLoad.Diagnosis;

/// <summary>Joins the parts of a finding's text. Empty parts are left out.</summary>
internal static class Prose
{
    /// <summary>Sentences without the last full stop.</summary>
    public static string Sentences(params IEnumerable<string> parts) => Join(". ", parts);

    /// <summary>Parts with a separator between them.</summary>
    public static string Join(string separator, params IEnumerable<string> parts) =>
        string.Join(separator, parts.Where(part => part.Length > 0));

    /// <summary>"was" for one, "were" for other counts.</summary>
    public static string Were(this long count) => count == 1 ? "was" : "were";
}
