using System.Globalization;

namespace ActorLoad.Observers.Kernel;

/// <summary>Levels of <c>/proc/net/sockstat</c> and <c>sockstat6</c> that concern TCP.</summary>
public static class SockStat
{
    /// <summary>Takes the levels of the line <c>TCP:</c> (<c>inuse orphan tw alloc</c> sockets, <c>mem</c> pages), or those of <c>TCP6:</c>
    /// as <c>inuse6</c>; false if there is no such line. Skips fields that are not numbers.</summary>
    public static bool Take(string text, IDictionary<string, long> levels)
    {
        var found = false;
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3 || words[0] is not ("TCP:" or "TCP6:"))
            {
                continue;
            }

            for (var name = 1; name + 1 < words.Length; name += 2)
            {
                if (long.TryParse(words[name + 1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var level))
                {
                    levels[words[0] == "TCP6:" ? words[name] + "6" : words[name]] = level;
                    found = true;
                }
            }
        }

        return found;
    }
}
