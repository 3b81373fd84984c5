namespace ActorLoad.Hosting.Terminal;

/// <summary>One way to show a section.</summary>
/// <param name="Worth">How much a reader loses with the next shorter form.</param>
/// <param name="Lines">Its rows; an empty list leaves the section out.</param>
internal sealed record PageForm(int Worth, IReadOnlyList<PageLine> Lines);

/// <summary>Whether an empty row precedes a section.</summary>
internal enum Gap
{
    None,

    /// <summary>Only if rows are left.</summary>
    IfRoom,

    Always,
}

/// <summary>A section of a short page.</summary>
/// <param name="Before">The gap before it.</param>
/// <param name="Forms">Its forms, from the longest to the shortest.</param>
internal sealed record PageSection(Gap Before, params IReadOnlyList<PageForm> Forms)
{
    private static readonly PageLine _empty = new([]);

    /// <summary>An absent section.</summary>
    public static PageSection None { get; } = new(Gap.None, new PageForm(0, []));

    /// <summary>The sections in at most <paramref name="rows"/> rows. While they are too long, the section of least worth is shortened.
    /// Spare rows become gaps.</summary>
    public static IReadOnlyList<PageLine> Fit(IReadOnlyList<PageSection> sections, int rows)
    {
        var forms = new int[sections.Count];
        bool[] gaps = [.. sections.Select(section => section.Before == Gap.Always)];
        while (Rows(sections, forms, gaps).Count > rows && Least(sections, forms) is { } least)
        {
            forms[least]++;
        }

        for (var index = 0; index < gaps.Length; index++)
        {
            gaps[index] |= sections[index].Before == Gap.IfRoom && Rows(sections, forms, gaps).Count < rows;
        }

        return Rows(sections, forms, gaps);
    }

    /// <summary>The section to shorten next; null if none can be.</summary>
    private static int? Least(IReadOnlyList<PageSection> sections, int[] forms)
    {
        int[] left = [.. Enumerable.Range(0, forms.Length).Where(index => forms[index] + 1 < sections[index].Forms.Count)];
        return left.Length == 0 ? null : left.MinBy(index => sections[index].Forms[forms[index]].Worth);
    }

    private static List<PageLine> Rows(IReadOnlyList<PageSection> sections, int[] forms, bool[] gaps)
    {
        var rows = new List<PageLine>();
        for (var index = 0; index < forms.Length; index++)
        {
            var lines = sections[index].Forms[forms[index]].Lines;
            rows.AddRange(gaps[index] && lines.Count > 0 && rows.Count > 0 ? [_empty, .. lines] : lines);
        }

        return rows;
    }
}
