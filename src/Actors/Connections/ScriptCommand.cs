using System.Text;

namespace ActorLoad.Connections;

/// <summary>One command: ready bytes, or arguments whose placeholders are filled in for each connection.</summary>
internal sealed class ScriptCommand
{
    private const int LongestNumber = 10;

    private readonly byte[]? _ready;
    private readonly ScriptPart[][] _arguments;

    private ScriptCommand(byte[]? ready, ScriptPart[][] arguments, int maxLength) =>
        (_ready, _arguments, MaxLength) = (ready, arguments, maxLength);

    /// <summary>Most bytes of the command, for any numbers.</summary>
    public int MaxLength { get; }

    /// <summary>The command's words, without placeholders.</summary>
    public string[] Words => [.. _arguments.Select(argument => string.Concat(argument.Select(part => part.Text)))];

    /// <summary>Compiles words. <paramref name="problem"/> names an unknown placeholder.</summary>
    /// <param name="words">The words.</param>
    /// <param name="fleet">Name of the fleet that sends them.</param>
    /// <param name="command">The command.</param>
    /// <param name="problem">Why it cannot be sent.</param>
    public static bool TryCompile(IReadOnlyList<ScriptWord> words, string fleet, out ScriptCommand command, out string problem)
    {
        command = null!;
        var arguments = new ScriptPart[words.Count][];
        var place = new ScriptPlaceholders.Place(0, Encoding.UTF8.GetBytes(fleet));
        for (var index = 0; index < arguments.Length; index++)
        {
            if (!TryCutParts(words[index], place, out arguments[index], out problem))
            {
                return false;
            }

            place = place with { Number = place.Number + arguments[index].Length };
        }

        problem = "";
        command = Compile(arguments);
        return true;
    }

    /// <summary>True if a key in it is too long to be one of a cluster's node.</summary>
    public bool HasLongKey => Keys.Any(key => key.IsTooLong);

    /// <summary>Its keys.</summary>
    public IEnumerable<KeyPlaceholder> Keys =>
        _arguments.SelectMany(argument => argument.Select(part => part.Placeholder)).OfType<KeyPlaceholder>();

    /// <summary>Writes the command and returns its length in bytes.</summary>
    public int Write(in Sender sender, Span<byte> destination)
    {
        if (_ready is not null)
        {
            _ready.CopyTo(destination);
            return _ready.Length;
        }

        var position = WriteHeader(destination, (byte)'*', _arguments.Length);
        Span<byte> number = stackalloc byte[NumberPlaceholder.MostDigits];
        foreach (var argument in _arguments)
        {
            var length = 0;
            foreach (var part in argument)
            {
                length += part.Placeholder is { } placeholder ? placeholder.Write(sender, number) : part.Bytes.Length;
            }

            position += WriteHeader(destination[position..], (byte)'$', length);
            foreach (var part in argument)
            {
                position += part.Placeholder is { } placeholder
                    ? placeholder.Write(sender, destination[position..]) : Copy(part.Bytes, destination[position..]);
            }

            position += Copy("\r\n"u8, destination[position..]);
        }

        return position;
    }

    /// <summary>Passwords in the command. Of a password with a placeholder: the text around it.</summary>
    public IEnumerable<string> Secrets() => ScriptSecrets.In(Words)
        .Where(place => place.IsSecret)
        .SelectMany(place => _arguments[place.Word].Where(part => part.Placeholder is null)
            .Select((part, index) => part.Text[(index == 0 ? place.Kept : 0)..]));

    private static ScriptCommand Compile(ScriptPart[][] arguments)
    {
        const int LongestHeader = 1 + LongestNumber + 2;
        var maxLength = LongestHeader + arguments.Sum(argument =>
            LongestHeader + 2 + argument.Sum(part => part.Placeholder?.MaxLength ?? part.Bytes.Length));
        var open = new ScriptCommand(null, arguments, maxLength);
        if (arguments.Any(argument => argument.Any(part => part.Placeholder is not null)))
        {
            return open;
        }

        var ready = new byte[maxLength];
        ready = ready[..open.Write(default, ready)];
        return new ScriptCommand(ready, arguments, ready.Length);
    }

    private static bool TryCutParts(ScriptWord word, ScriptPlaceholders.Place place, out ScriptPart[] parts, out string problem)
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

            var name = Encoding.UTF8.GetString(word.Bytes.AsSpan(position + 1, close - position - 1));
            (var filled, problem) = ScriptPlaceholders.Parse(name, place with { Number = place.Number + found.Count });
            if (problem.Length > 0)
            {
                parts = [];
                return false;
            }

            FlushLiteral(found, literal);
            found.AddRange(filled);
            position = close;
        }

        FlushLiteral(found, literal);
        parts = [.. found];
        TellKey(parts);
        return true;
    }

    // The slot of a key is that of its whole argument. With another placeholder in it, nothing can be chosen.
    private static void TellKey(ScriptPart[] parts)
    {
        if (parts.Count(part => part.Placeholder is not null) == 1
            && Array.FindIndex(parts, part => part.Placeholder is KeyPlaceholder) is var at and >= 0)
        {
            ((KeyPlaceholder)parts[at].Placeholder!).StandBetween(
                [.. parts[..at].SelectMany(part => part.Bytes)], [.. parts[(at + 1)..].SelectMany(part => part.Bytes)]);
        }
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
            found.Add(new ScriptPart([.. literal]));
            literal.Clear();
        }
    }

    private static int WriteHeader(Span<byte> destination, byte kind, int number)
    {
        destination[0] = kind;
        var digits = NumberPlaceholder.Write(number, destination[1..]);
        Copy("\r\n"u8, destination[(1 + digits)..]);
        return digits + 3;
    }

    private static int Copy(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        bytes.CopyTo(destination);
        return bytes.Length;
    }
}
