using System.Text;

namespace ActorLoad.Configuration.Hocon;

/// <summary>Reads names from a scanner: keys, substitutions and includes.</summary>
internal static class HoconPath
{
    private const int LongestKey = 200;
    private const string AllowedInKey = "a key; one with special characters needs double quotes";
    private const string KnownIncludes = "include \"name\", include file(\"name\") or include required(file(\"name\"))";

    /// <summary>One or more keys with dots between them; each may be several words, quoted or not.</summary>
    public static string[] Take(HoconScanner scanner)
    {
        var path = new List<string>();
        var key = new StringBuilder();
        var isWritten = false;
        scanner.TakeBlanks();
        while (true)
        {
            // White space belongs to the key before a dot or a word, but not after the last word.
            var gap = scanner.TakeBlanks();
            if (scanner.Is('"'))
            {
                key.Append(gap).Append(scanner.TakeQuoted());
                isWritten = true;
                continue;
            }

            var words = scanner.TakeWord().Split('.');
            if (words is [""])
                break;
            key.Append(gap);
            for (var index = 0; index < words.Length; index++)
            {
                if (index > 0)
                    EndKey("\".\"");
                key.Append(words[index]);
            }
        }

        EndKey(scanner.NextShown);
        return [.. path];

        void EndKey(string next)
        {
            if (key.Length == 0 && !isWritten)
                throw scanner.Error($"{next} where a key should be", AllowedInKey);
            if (key.Length > LongestKey)
                throw scanner.Error("a key that is too long", $"at most {LongestKey} characters");
            path.Add(key.ToString());
            key.Clear();
            isWritten = false;
        }
    }

    /// <summary>The separator between a key and its value; true for <c>+=</c>. Before an object it may be missing.</summary>
    public static bool TakeSign(HoconScanner scanner)
    {
        scanner.TakeBlanks();
        var position = scanner.Position;
        scanner.TakeBlankLines();
        var append = scanner.TryTake("+=");
        if (append || scanner.TryTake("=") || scanner.TryTake(":") || scanner.Is('{'))
            return append;
        scanner.Position = position;
        throw scanner.Error($"{scanner.NextShown} after a key", "\"=\", \":\", \"+=\" or \"{\"");
    }

    /// <summary><c>${path}</c> or <c>${?path}</c>, in the value of a field.</summary>
    public static HoconReference TakeReference(HoconScanner scanner, HoconOrigin origin, HoconDocument document, string[] field)
    {
        if (!scanner.TryTake("${"))
            throw scanner.Error("\"$\" in a value without quotes", "${path}, or the value in double quotes");
        var optional = scanner.TryTake("?");
        var path = Take(scanner);
        return scanner.TryTake("}")
            ? new HoconReference(origin, path, optional, document.Prefix, document.Variable, field)
            : throw scanner.Error($"{scanner.NextShown} in a substitution", "\"}\"");
    }

    /// <summary><c>include "name"</c>, <c>include file("name")</c>, also in <c>required()</c>. Takes nothing if it is a key with the name
    /// include.</summary>
    public static bool TryTakeInclude(HoconScanner scanner, out string name)
    {
        name = "";
        var start = scanner.Position;
        var isWord = scanner.TakeWord() == "include";
        scanner.TakeBlankLines();
        if (!isWord || (!scanner.Is('"') && !char.IsAsciiLetter(scanner.Next)))
        {
            scanner.Position = start;
            return false;
        }

        var open = 0;
        foreach (var kind in (string[])["required(", "file("])
        {
            if (!scanner.TryTake(kind))
                continue;
            open++;
            scanner.TakeBlankLines();
        }

        if (!scanner.Is('"'))
            throw scanner.Error("an include of an unknown kind", KnownIncludes);
        name = scanner.TakeQuoted();
        for (; open > 0; open--)
        {
            scanner.TakeBlankLines();
            if (!scanner.TryTake(")"))
                throw scanner.Error($"{scanner.NextShown} after the name of an include", "\")\"");
        }

        return true;
    }
}
