using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// The commands of a connection, encoded once as RESP arrays of bulk strings. Words are split and quoted as in redis-cli
/// (<see cref="ScriptWords"/>); <c>{burst}</c> and <c>{client}</c> stand for the numbers of the burst and of the connection in it, from 0;
/// <c>{{</c> and <c>}}</c> are braces.
/// </summary>
public sealed class Script
{
    private const int LongestNumber = 10;
    private const byte BurstMark = 1;
    private const byte ClientMark = 2;

    private readonly Command[] _commands;

    private Script(Command[] commands, IEnumerable<string> secrets) => (_commands, Secrets) = (commands, [.. secrets.Distinct()]);

    /// <summary>No commands: connect, hold, close.</summary>
    public static Script Empty { get; } = new([], []);

    /// <summary>Passwords in it, as they are sent; of one with a placeholder the text around that.</summary>
    public ImmutableArray<string> Secrets { get; }

    /// <summary>Number of commands.</summary>
    public int Count => _commands.Length;

    /// <summary>Compiles commands; <paramref name="problem"/> says which one cannot be used and why.</summary>
    public static bool TryParse(IReadOnlyList<string> commands, out Script? script, out string problem)
    {
        var compiled = new Command[commands.Count];
        for (var index = 0; index < compiled.Length; index++)
        {
            problem = "";
            if (!ScriptWords.TrySplit(commands[index], out var words, out problem) || !Command.TryCompile(words, out compiled[index], out problem))
            {
                var hidden = new Secrets(ScriptSecrets.Of(commands[index]));
                problem = $"command {index + 1} `{ScriptSecrets.Shown(commands[index])}` {hidden.Hide(problem)}";
                script = null;
                return false;
            }
        }

        script = new Script(compiled, compiled.SelectMany(command => command.Secrets()));
        problem = "";
        return true;
    }

    /// <summary>The same script with AUTH before it; an empty user name is the default user. The words are taken as they are.</summary>
    public Script AfterAuth(string username, string password)
    {
        string[] words = username.Length > 0 ? ["AUTH", username, password] : ["AUTH", password];
        return new Script([Command.Literal(words), .. _commands], [password, .. Secrets]);
    }

    /// <summary>Most bytes that command <paramref name="step"/> can take, whatever the numbers.</summary>
    public int MaxLength(int step) => _commands[step].MaxLength;

    /// <summary>Writes command <paramref name="step"/> and returns its length in bytes.</summary>
    public int Write(int step, int burst, int client, Span<byte> destination) => _commands[step].Write(burst, client, destination);

    /// <summary>One command: ready bytes, or arguments whose placeholders are filled in for each connection.</summary>
    private sealed class Command
    {
        private readonly byte[]? _ready;
        private readonly Part[][] _arguments;

        private Command(byte[]? ready, Part[][] arguments, int maxLength) => (_ready, _arguments, MaxLength) = (ready, arguments, maxLength);

        public int MaxLength { get; }

        public static Command Literal(string[] words) => Compile([.. words.Select(word => new Part[] { new(Encoding.UTF8.GetBytes(word), 0) })]);

        public static bool TryCompile(IReadOnlyList<ScriptWord> words, out Command command, out string problem)
        {
            command = null!;
            var arguments = new Part[words.Count][];
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

        public IEnumerable<string> Secrets() => ScriptSecrets.In([.. _arguments.Select(argument => string.Concat(argument.Select(part => part.Text)))])
            .Where(place => place.IsSecret)
            .SelectMany(place => _arguments[place.Word].Where(part => part.Mark == 0).Select((part, index) => part.Text[(index == 0 ? place.Kept : 0)..]));

        private static Command Compile(Part[][] arguments)
        {
            const int LongestHeader = 1 + LongestNumber + 2;
            var maxLength = LongestHeader + arguments.Sum(argument =>
                LongestHeader + 2 + argument.Sum(part => part.Mark == 0 ? part.Bytes.Length : LongestNumber));
            var open = new Command(null, arguments, maxLength);
            if (arguments.Any(argument => argument.Any(part => part.Mark != 0)))
            {
                return open;
            }

            var ready = new byte[maxLength];
            ready = ready[..open.Write(0, 0, ready)];
            return new Command(ready, arguments, ready.Length);
        }

        private static bool TryCutParts(ScriptWord word, out Part[] parts, out string problem)
        {
            var found = new List<Part>();
            var literal = new List<byte>();
            var mayClose = true;
            problem = "";
            for (var position = 0; position < word.Bytes.Length; position++)
            {
                var letter = word.Bytes[position];
                var isOpen = IsBrace(word, position, '{');
                var doubled = (isOpen && IsBrace(word, position + 1, '{')) || (IsBrace(word, position, '}') && IsBrace(word, position + 1, '}'));
                var close = isOpen && !doubled && mayClose ? CloseAfter(word, position) : -1;
                mayClose &= !isOpen || doubled || close >= 0; // or each brace of a long word would look through all of it
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
                    problem = $"has the unknown placeholder {{{Encoding.UTF8.GetString(name)}}}; known are {{burst}} and {{client}}, a brace itself is {{{{";
                    parts = [];
                    return false;
                }

                FlushLiteral(found, literal);
                found.Add(new Part([], mark));
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

        private static void FlushLiteral(List<Part> found, List<byte> literal)
        {
            if (literal.Count > 0)
            {
                found.Add(new Part([.. literal], 0));
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

    private readonly record struct Part(byte[] Bytes, byte Mark)
    {
        public string Text => Encoding.UTF8.GetString(Bytes);
    }
}
