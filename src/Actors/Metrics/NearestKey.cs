namespace ActorLoad.Metrics;

/// <summary>Finds the known key, option or command that a user probably meant.</summary>
public static class NearestKey
{
    private const int LongestKey = 64;

    /// <summary>The known key at the smallest edit distance, if it is near enough for a typing error; else null.</summary>
    public static string? Find(string unknown, IEnumerable<string> known)
    {
        if (unknown.Length > LongestKey)
            return null;
        var nearest = known
            .Select(key => (Key: key, Distance: Distance(Plain(unknown), Plain(key))))
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault((Key: "", Distance: int.MaxValue));
        return nearest.Distance <= Math.Max(1, Math.Min(unknown.Length, nearest.Key.Length) / 3) ? nearest.Key : null;
    }

    /// <summary>Number of insertions, deletions, replacements and swaps of neighbours that turn one text into the other.</summary>
    public static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var row = 0; row <= from.Length; row++)
            rows[row, 0] = row;
        for (var column = 0; column <= to.Length; column++)
            rows[0, column] = column;
        for (var row = 1; row <= from.Length; row++)
        {
            for (var column = 1; column <= to.Length; column++)
            {
                var replaced = rows[row - 1, column - 1] + (from[row - 1] == to[column - 1] ? 0 : 1);
                rows[row, column] = Math.Min(replaced, Math.Min(rows[row - 1, column], rows[row, column - 1]) + 1);
                if (row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1])
                    rows[row, column] = Math.Min(rows[row, column], rows[row - 2, column - 2] + 1);
            }
        }

        return rows[from.Length, to.Length];
    }

    // camelCase and snake_case forms of a known key have distance 0.
    private static string Plain(string key) =>
        key.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
