using System.Globalization;
using System.Text;

namespace ActorLoad.Configuration.Hocon;

/// <summary>A syntax error at the scanner's line. The parser catches it and goes on behind it.</summary>
internal sealed class HoconSyntaxException(int line, string problem, string expected) : Exception(problem)
{
    public int Line { get; } = line;

    public string Expected { get; } = expected;
}

/// <summary>The characters of a HOCON text: white space, comments, strings and words, with their lines.</summary>
internal sealed class HoconScanner(string text)
{
    // HOCON forbids these in unquoted text.
    private const string Reserved = "$\"{}[]:=,+#`^?!@*&\\";

    private int _at;

    public int Line { get; private set; } = 1;

    public bool AtEnd => _at >= text.Length;

    /// <summary>The next character; meaningless at the end.</summary>
    public char Next => AtEnd ? '\0' : text[_at];

    public (int At, int Line) Position
    {
        get => (_at, Line);
        set => (_at, Line) = value;
    }

    private bool AtComment => Is('#') || StartsWith("//");

    /// <summary>True at a line break, at a comment and at the end.</summary>
    public bool AtLineEnd => AtEnd || Next == '\n' || AtComment;

    public HoconSyntaxException Error(string problem, string expected) => new(Line, problem, expected);

    /// <summary>The name of the next character in errors.</summary>
    public string NextShown => AtEnd ? "the end of the text" : Next == '\n' ? "the end of the line" : ShownText.Quote(Next);

    public bool Is(char character) => !AtEnd && text[_at] == character;

    public bool StartsWith(string word) => string.CompareOrdinal(text, _at, word, 0, word.Length) == 0;

    public char Take()
    {
        var character = text[_at++];
        if (character == '\n')
            Line++;
        return character;
    }

    public bool TryTake(string word)
    {
        if (!StartsWith(word))
            return false;
        for (var left = word.Length; left > 0; left--)
            Take();
        return true;
    }

    /// <summary>White space of this line.</summary>
    public string TakeBlanks() => TakeWhile(static character => character != '\n' && IsWhite(character));

    /// <summary>White space, line breaks and comments.</summary>
    public void TakeBlankLines()
    {
        while (true)
        {
            TakeWhile(IsWhite);
            if (!AtComment)
                return;
            TakeWhile(static character => character != '\n');
        }
    }

    /// <summary>An unquoted word of a key or value; may be empty.</summary>
    public string TakeWord()
    {
        var start = _at;
        // Only a number may contain "+", in its exponent.
        while (!AtEnd && IsOfNumber(text[_at]) && (_at > start || text[_at] is not ('+' or '.' or 'e' or 'E')))
            _at++;
        if (text.AsSpan(start, _at - start).Contains('+')
            && !double.TryParse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            _at = start;
        while (!AtEnd && !AtComment && !Reserved.Contains(Next, StringComparison.Ordinal) && !IsWhite(Next))
            _at++;
        return WellFormed(text[start.._at]);
    }

    /// <summary>A string in one or three double quotes.</summary>
    public string TakeQuoted()
    {
        if (TryTake("\"\"\""))
            return TakeTripleQuoted();
        Take();
        var value = new StringBuilder();
        while (true)
        {
            if (AtEnd || Next == '\n')
                throw Error("a quoted text is not closed on its line",
                    "a closing double quote; three of them open a text of several lines");
            var character = Take();
            if (character == '"')
                return WellFormed(value.ToString());
            value.Append(character == '\\' ? TakeEscape() : character);
        }
    }

    private string TakeTripleQuoted()
    {
        var (start, line) = Position;
        while (!AtEnd && !StartsWith("\"\"\""))
            Take();
        if (AtEnd)
            throw new HoconSyntaxException(line, "a text in three double quotes is never closed", "three double quotes");
        var value = text[start.._at];
        TryTake("\"\"\"");
        // Further quotes belong to the text: the last three close it.
        value += TakeWhile(character => character == '"');
        return WellFormed(value);
    }

    private char TakeEscape()
    {
        var escape = AtEnd ? '\0' : Take();
        switch (escape)
        {
            case '"' or '\\' or '/': return escape;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 <= text.Length
                    && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                if (escape == '\n')
                    Position = (_at - 1, Line - 1);
                throw Error("an unknown escape in a quoted text", "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }
    }

    private string WellFormed(string value)
    {
        for (var at = 0; at < value.Length; at++)
        {
            if (!char.IsSurrogate(value[at]))
                continue;
            if (!char.IsSurrogatePair(value, at))
                throw Error("half of a surrogate pair", "valid Unicode");
            at++;
        }

        return value;
    }

    /// <summary>HOCON's white space: Unicode's separators, the controls that separate lines and records, and the byte order
    /// mark.</summary>
    private static bool IsWhite(char character) => character < 128
        ? character is ' ' or (>= '\t' and <= '\r') or (>= '\x1c' and <= '\x1f')
        : character == '\uFEFF' || char.IsSeparator(character);

    private static bool IsOfNumber(char character) => char.IsAsciiDigit(character) || character is '+' or '-' or '.' or 'e' or 'E';

    private string TakeWhile(Func<char, bool> wanted)
    {
        var start = _at;
        while (!AtEnd && wanted(text[_at]))
            Take();
        return text[start.._at];
    }
}
