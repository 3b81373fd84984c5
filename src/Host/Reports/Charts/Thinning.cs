namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>Chooses the points of a chart that has too many: of each group of neighbours, those with the smallest and the largest value of
/// each column. A lone peak survives, and nothing is averaged.</summary>
internal static class Thinning
{
    /// <summary>The indices to draw, in order: all if there are at most <paramref name="most"/>, else at most so many, with the first and
    /// the last.</summary>
    /// <param name="columns">Columns of equal length; null is no value.</param>
    /// <param name="most">Most points, 2 or more; with many columns as many as one group needs.</param>
    public static int[] Indices(IReadOnlyList<double?[]> columns, int most)
    {
        var count = columns.Count == 0 ? 0 : columns[0].Length;
        if (count <= most)
        {
            return [.. Enumerable.Range(0, count)];
        }

        var groups = Math.Max(1, (most - 2) / (2 * columns.Count));
        var kept = new SortedSet<int> { 0, count - 1 };
        for (var group = 0; group < groups; group++)
        {
            var (from, to) = ((int)((long)count * group / groups), (int)((long)count * (group + 1) / groups));
            foreach (var column in columns)
            {
                Extremes(column, from, to, kept);
            }
        }

        return [.. kept];
    }

    private static void Extremes(double?[] column, int from, int to, SortedSet<int> kept)
    {
        var (low, high) = (-1, -1);
        for (var index = from; index < to; index++)
        {
            if (column[index] is { } value)
            {
                low = low < 0 || value < column[low] ? index : low;
                high = high < 0 || value > column[high] ? index : high;
            }
        }

        if (low >= 0)
        {
            kept.Add(low);
            kept.Add(high);
        }
    }
}
