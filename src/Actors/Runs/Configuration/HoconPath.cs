namespace ActorLoad.Runs.Configuration;

/// <summary>Takes from a scanner what names something: keys, substitutions and includes.</summary>
internal static class HoconPath
{
    private const int LongestKey = 200;
    private const string AllowedInKey = "letters, digits, - and _; anything else in double quotes";

    /// <summary>One or more keys with dots between them.</summary>
    public static string[] Take(HoconScanner scanner)
    {
        var path = new List<string>();
        do
        {
            if (scanner.Is('"'))
                path.Add(scanner.TakeQuoted());
            else if (scanner.TakeKeyWord() is { Length: > 0 } word)
                path.Add(word);
            else
                throw scanner.Error($"{scanner.NextShown} where a key should be", AllowedInKey);
            if (path[^1].Length > LongestKey)
                throw scanner.Error("a key that is too long", $"at most {LongestKey} characters");
        }
        while (scanner.TryTake("."));
        return [.. path];
    }

    /// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
    public static HoconReference TakeReference(HoconScanner scanner, HoconOrigin origin, string[] prefix)
    {
        if (!scanner.TryTake("${"))
            throw scanner.Error("\"$\" in a value without quotes", "${path}, or the value in double quotes");
        var optional = scanner.TryTake("?");
        scanner.TakeBlanks();
        var path = Take(scanner);
        scanner.TakeBlanks();
        return scanner.TryTake("}")
            ? new HoconReference(origin, path, optional, prefix)
            : throw scanner.Error($"{scanner.NextShown} in a substitution", "\"}\"");
    }

    /// <summary><c>include "name"</c> or <c>include file("name")</c>; takes nothing if it is a key called include.</summary>
    public static bool TryTakeInclude(HoconScanner scanner, out string name)
    {
        name = "";
        var start = scanner.Position;
        if (scanner.TakeKeyWord() != "include" || scanner.TakeBlanks().Length == 0
            || (!scanner.Is('"') && !char.IsAsciiLetter(scanner.Next)))
        {
            scanner.Position = start;
            return false;
        }

        var inFile = scanner.TryTake("file(");
        scanner.TakeBlanks();
        if (!scanner.Is('"'))
            throw scanner.Error("an include of an unknown kind", "include \"name\" or include file(\"name\")");
        name = scanner.TakeQuoted();
        scanner.TakeBlanks();
        return !inFile || scanner.TryTake(")")
            ? true
            : throw scanner.Error($"{scanner.NextShown} after the name of an include", "\")\"");
    }
}
