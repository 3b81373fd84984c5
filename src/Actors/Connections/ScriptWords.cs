using System.Text;

namespace ActorLoad.Connections;

/// <summary>A word of a command: its bytes, and a mark for each byte that was escaped. An escaped brace begins no placeholder.</summary>
internal readonly record struct ScriptWord(byte[] Bytes, bool[] IsEscaped)
{
    /// <summary>The bytes as a text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>A word as it is.</summary>
    public static ScriptWord Literal(string text) => Of(text, isEscaped: true);

    /// <summary>A word that may have placeholders.</summary>
    public static ScriptWord Open(string text) => Of(text, isEscaped: false);

    private static ScriptWord Of(string text, bool isEscaped)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new ScriptWord(bytes, [.. Enumerable.Repeat(isEscaped, bytes.Length)]);
    }
}

/// <summary>
/// Splits a command into words exactly as <c>redis-cli</c> does (<c>sdssplitargs</c>). Double quotes know <c>\xHH \n \r \t \b \a</c>; a
/// backslash before any other character stands for that character. Single quotes know only <c>\'</c>. White space must follow a closing
/// quote.
/// </summary>
internal static class ScriptWords
{
    /// <summary>Splits <paramref name="command"/>; <paramref name="problem"/> says why it cannot be split.</summary>
    public static bool TrySplit(string command, out IReadOnlyList<ScriptWord> words, out string problem)
    {
        var text = Encoding.UTF8.GetBytes(command);
        var found = new List<ScriptWord>();
        words = found;
        problem = text.Contains((byte)0) ? "holds a character U+0000; \"\\x00\" stands for that byte" : "";
        for (var at = SkipSpace(text, 0); problem.Length == 0 && at < text.Length; at = SkipSpace(text, at))
            problem = TakeWord(text, ref at, found);
        if (problem.Length == 0 && found.Count == 0)
            problem = "is empty";
        return problem.Length == 0;
    }

    private static string TakeWord(byte[] text, ref int at, List<ScriptWord> found)
    {
        var bytes = new List<byte>();
        var escaped = new List<bool>();
        var problem = "";
        var isOver = false;
        while (!isOver && problem.Length == 0)
        {
            if (at == text.Length || text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            {
                isOver = true;
            }
            else if (text[at] is (byte)'"' or (byte)'\'')
            {
                problem = TakeQuoted(text, ref at, bytes, escaped);
                isOver = true;
            }
            else
            {
                bytes.Add(text[at++]);
                escaped.Add(false);
            }
        }

        found.Add(new ScriptWord([.. bytes], [.. escaped]));
        return problem;
    }

    private static string TakeQuoted(byte[] text, ref int at, List<byte> bytes, List<bool> escaped)
    {
        var quote = text[at++];
        while (at < text.Length && text[at] != quote)
        {
            var start = at;
            bytes.Add(quote == '"' ? TakeDouble(text, ref at) : TakeSingle(text, ref at));
            escaped.Add(at - start > 1);
        }

        if (at == text.Length)
            return $"has no closing {(char)quote}";
        at++;
        return at == text.Length || IsSpace(text[at]) ? "" : $"has text right after a closing {(char)quote}";
    }

    private static byte TakeDouble(byte[] text, ref int at)
    {
        if (text[at] != '\\' || at + 1 == text.Length)
            return text[at++];
        if (text[at + 1] == 'x' && at + 3 < text.Length
            && char.IsAsciiHexDigit((char)text[at + 2]) && char.IsAsciiHexDigit((char)text[at + 3]))
        {
            at += 4;
            return Convert.FromHexString([(char)text[at - 2], (char)text[at - 1]])[0];
        }

        at += 2;
        return text[at - 1] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            var other => other,
        };
    }

    private static byte TakeSingle(byte[] text, ref int at)
    {
        at += text[at] == '\\' && at + 1 < text.Length && text[at + 1] == '\'' ? 2 : 1;
        return text[at - 1];
    }

    private static int SkipSpace(byte[] text, int at)
    {
        while (at < text.Length && IsSpace(text[at]))
            at++;
        return at;
    }

    // As isspace in the C locale.
    private static bool IsSpace(byte letter) => letter is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');
}
