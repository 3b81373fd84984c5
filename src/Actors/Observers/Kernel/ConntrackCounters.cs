using System.Globalization;

namespace ActorLoad.Observers.Kernel;

/// <summary>Counters of connection tracking in <c>/proc/net/stat/nf_conntrack</c>: one line for each processor, in hexadecimal.</summary>
internal static class ConntrackCounters
{
    /// <summary>Name in the file -> name in the ledger: packets dropped because the table was full or they could not be tracked, entries
    /// that made room for others, entries that found no room.</summary>
    public static readonly IReadOnlyDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["drop"] = "ConntrackDrop",
        ["early_drop"] = "ConntrackEarlyDrop",
        ["insert_failed"] = "ConntrackInsertFailed",
    };

    /// <summary>Adds up the processors; false if the file has no such counters.</summary>
    public static bool Take(string text, NetCounters counters)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var columns = lines.Length > 1 ? lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        var found = false;
        foreach (var (name, shown) in Names)
        {
            var column = Array.IndexOf(columns, name);
            var sum = 0L;
            if (column >= 0 && lines.Skip(1).All(line => TryAdd(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), column, ref sum)))
            {
                counters.Take(shown, sum);
                found = true;
            }
        }

        return found;
    }

    private static bool TryAdd(string[] words, int column, ref long sum)
    {
        var word = words.ElementAtOrDefault(column);
        var isNumber = uint.TryParse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        sum += value;
        return isNumber;
    }
}
