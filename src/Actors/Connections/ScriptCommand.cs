using System.Buffers.Text;
using System.Text;

namespace ActorLoad.Connections;

/// <summary>One command: ready bytes, or arguments whose placeholders are filled in for each connection.</summary>
internal sealed class ScriptCommand
{
    private const int LongestNumber = 10;
    private const byte BurstMark = 1;
    private const byte ClientMark = 2;

    private readonly byte[]? _ready;
    private readonly ScriptPart[][] _arguments;

    private ScriptCommand(byte[]? ready, ScriptPart[][] arguments, int maxLength) =>
        (_ready, _arguments, MaxLength) = (ready, arguments, maxLength);

    /// <summary>Most bytes of the command, for any numbers.</summary>
    public int MaxLength { get; }

    /// <summary>The command's words, without placeholders.</summary>
    public string[] Words => [.. _arguments.Select(argument => string.Concat(argument.Select(part => part.Text)))];

    /// <summary>Makes a command of these words. They have no placeholders.</summary>
    public static ScriptCommand Literal(string[] words) =>
        Compile([.. words.Select(word => new ScriptPart[] { new(Encoding.UTF8.GetBytes(word), 0) })]);

    /// <summary>Compiles words. <paramref name="problem"/> names an unknown placeholder.</summary>
    public static bool TryCompile(IReadOnlyList<ScriptWord> words, out ScriptCommand command, out string problem)
    {
        command = null!;
        var arguments = new ScriptPart[words.Count][];
        for (var index = 0; index < arguments.Length; index++)
        {
            if (!TryCutParts(words[index], out arguments[index], out problem))
            {
                return false;
            }
        }

        problem = "";
        command = Compile(arguments);
        return true;
    }

    /// <summary>Writes the command and returns its length in bytes.</summary>
    public int Write(int burst, int client, Span<byte> destination)
    {
        if (_ready is not null)
        {
            _ready.CopyTo(destination);
            return _ready.Length;
        }

        var position = WriteHeader(destination, (byte)'*', _arguments.Length);
        Span<byte> number = stackalloc byte[LongestNumber];
        foreach (var argument in _arguments)
        {
            var length = 0;
            foreach (var part in argument)
            {
                length += part.Mark == 0 ? part.Bytes.Length : Format(part.Mark == BurstMark ? burst : client, number);
            }

            position += WriteHeader(destination[position..], (byte)'$', length);
            foreach (var part in argument)
            {
                position += part.Mark == 0
                    ? Copy(part.Bytes, destination[position..])
                    : Format(part.Mark == BurstMark ? burst : client, destination[position..]);
            }

            position += Copy("\r\n"u8, destination[position..]);
        }

        return position;
    }

    /// <summary>Passwords in the command. Of a password with a placeholder: the text around it.</summary>
    public IEnumerable<string> Secrets() => ScriptSecrets.In(Words)
        .Where(place => place.IsSecret)
        .SelectMany(place => _arguments[place.Word].Where(part => part.Mark == 0)
            .Select((part, index) => part.Text[(index == 0 ? place.Kept : 0)..]));

    private static ScriptCommand Compile(ScriptPart[][] arguments)
    {
        const int LongestHeader = 1 + LongestNumber + 2;
        var maxLength = LongestHeader + arguments.Sum(argument =>
            LongestHeader + 2 + argument.Sum(part => part.Mark == 0 ? part.Bytes.Length : LongestNumber));
        var open = new ScriptCommand(null, arguments, maxLength);
        if (arguments.Any(argument => argument.Any(part => part.Mark != 0)))
        {
            return open;
        }

        var ready = new byte[maxLength];
        ready = ready[..open.Write(0, 0, ready)];
        return new ScriptCommand(ready, arguments, ready.Length);
    }

    private static bool TryCutParts(ScriptWord word, out ScriptPart[] parts, out string problem)
    {
        var found = new List<ScriptPart>();
        var literal = new List<byte>();
        var mayClose = true;
        problem = "";
        for (var position = 0; position < word.Bytes.Length; position++)
        {
            var letter = word.Bytes[position];
            var isOpen = IsBrace(word, position, '{');
            var doubled = (isOpen && IsBrace(word, position + 1, '{'))
                || (IsBrace(word, position, '}') && IsBrace(word, position + 1, '}'));
            var close = isOpen && !doubled && mayClose ? CloseAfter(word, position) : -1;
            mayClose &= !isOpen || doubled || close >= 0; // or each brace of a long word would search the whole word
            if (doubled)
            {
                position++;
            }

            if (close < 0)
            {
                literal.Add(letter);
                continue;
            }

            var name = word.Bytes.AsSpan(position + 1, close - position - 1);
            var mark = name.SequenceEqual("burst"u8) ? BurstMark : name.SequenceEqual("client"u8) ? ClientMark : (byte)0;
            if (mark == 0)
            {
                problem = $"has the unknown placeholder {{{Encoding.UTF8.GetString(name)}}}; "
                    + "known are {burst} and {client}, a brace itself is {{";
                parts = [];
                return false;
            }

            FlushLiteral(found, literal);
            found.Add(new ScriptPart([], mark));
            position = close;
        }

        FlushLiteral(found, literal);
        parts = [.. found];
        return true;
    }

    private static bool IsBrace(ScriptWord word, int position, char brace) =>
        position < word.Bytes.Length && word.Bytes[position] == brace && !word.IsEscaped[position];

    private static int CloseAfter(ScriptWord word, int position)
    {
        while (position < word.Bytes.Length && !IsBrace(word, position, '}'))
        {
            position++;
        }

        return position < word.Bytes.Length ? position : -1;
    }

    private static void FlushLiteral(List<ScriptPart> found, List<byte> literal)
    {
        if (literal.Count > 0)
        {
            found.Add(new ScriptPart([.. literal], 0));
            literal.Clear();
        }
    }

    private static int WriteHeader(Span<byte> destination, byte kind, int number)
    {
        destination[0] = kind;
        var digits = Format(number, destination[1..]);
        Copy("\r\n"u8, destination[(1 + digits)..]);
        return digits + 3;
    }

    private static int Format(int number, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(number, destination, out var written);
        return written;
    }

    private static int Copy(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        bytes.CopyTo(destination);
        return bytes.Length;
    }
}

/// <summary>A part of an argument: bytes, or the mark of a placeholder.</summary>
internal readonly record struct ScriptPart(byte[] Bytes, byte Mark)
{
    /// <summary>The bytes as a text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);
}
