using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// The commands of a connection, encoded once as RESP arrays of bulk strings. Words are split and quoted as in redis-cli
/// (<see cref="ScriptWords"/>); <c>{burst}</c> and <c>{client}</c> stand for the numbers of the burst and of the connection in it, from 0;
/// <c>{{</c> and <c>}}</c> are braces. A command that is not answered goes together with the next one: such a step is one exchange.
/// </summary>
public sealed class Script
{
    // A key may be called RANDOMKEY, and RESET is answered with RESET.
    private static readonly HashSet<string> NeverAnsweredWithTheirName = ["PING", "HELLO", "INFO", "TIME", "DBSIZE", "ROLE"];

    private const int LongestNumber = 10;
    private const byte BurstMark = 1;
    private const byte ClientMark = 2;

    private readonly Exchange[] _steps;

    private Script(Exchange[] steps, IEnumerable<string> secrets) => (_steps, Secrets) = (steps, [.. secrets.Distinct()]);

    /// <summary>No commands: connect, hold, close.</summary>
    public static Script Empty { get; } = new([], []);

    /// <summary>Passwords in it, as they are sent; of one with a placeholder the text around that.</summary>
    public ImmutableArray<string> Secrets { get; }

    /// <summary>Number of steps: of commands, if each is answered.</summary>
    public int Count => _steps.Length;

    /// <summary>Compiles commands; <paramref name="problem"/> says which one cannot be used and why.</summary>
    public static bool TryParse(IReadOnlyList<string> commands, out Script? script, out string problem) =>
        TryParse([.. commands.Select(command => new ScriptLine(command, null))], out script, out problem);

    /// <summary>Compiles lines; <paramref name="problem"/> says which one cannot be used and why.</summary>
    public static bool TryParse(IReadOnlyList<ScriptLine> lines, out Script? script, out string problem)
    {
        var (compiled, forecast, steps, silent) = (new Command[lines.Count], new ReplyForecast(), new List<Exchange>(), new List<(Command, Expected)>());
        for (var index = 0; index < compiled.Length; index++)
        {
            problem = "";
            var line = lines[index];
            if (!ScriptWords.TrySplit(line.Send, out var words, out problem) || !Command.TryCompile(words, out compiled[index], out problem))
            {
                var hidden = new Secrets(ScriptSecrets.Of(line.Send));
                problem = $"command {index + 1} \"{ScriptSecrets.Shown(line.Send)}\" {hidden.Hide(problem)}";
                script = null;
                return false;
            }

            var expected = forecast.Next([.. words.Select(word => Encoding.UTF8.GetString(word.Bytes))], line.Replies);
            silent.Add((compiled[index], expected));
            if (expected.Replies > 0 || index == compiled.Length - 1)
            {
                steps.Add(new Exchange(silent));
                silent.Clear();
            }
        }

        script = new Script([.. steps], compiled.SelectMany(command => command.Secrets()));
        problem = "";
        return true;
    }

    /// <summary>The same script with AUTH before it; an empty user name is the default user. The words are taken as they are.</summary>
    public Script AfterAuth(string username, string password)
    {
        string[] words = username.Length > 0 ? ["AUTH", username, password] : ["AUTH", password];
        return new Script([new Exchange([(Command.Literal(words), new Expected(1))]), .. _steps], [password, .. Secrets]);
    }

    /// <summary>Most bytes that step <paramref name="step"/> can take, whatever the numbers.</summary>
    public int MaxLength(int step) => _steps[step].MaxLength;

    /// <summary>Writes step <paramref name="step"/> and returns its length in bytes.</summary>
    public int Write(int step, int burst, int client, Span<byte> destination)
    {
        var (length, commands) = (0, _steps[step].Commands);
        foreach (var command in commands)
        {
            length += command.Write(burst, client, destination[length..]);
        }

        return length;
    }

    /// <summary>Writes the first command of a step.</summary>
    internal int WriteFirst(int step, int burst, int client, Span<byte> destination) => _steps[step].Commands[0].Write(burst, client, destination);

    /// <summary>What comes back in a step.</summary>
    internal ref readonly Expected Expected(int step) => ref _steps[step].Expected;

    /// <summary>The name of a step's first command.</summary>
    internal ReadOnlySpan<byte> FirstWord(int step) => _steps[step].FirstWord;

    /// <summary>The same of a command that has no argument, and that no server answers with its name; else empty.</summary>
    internal ReadOnlySpan<byte> OnlyWord(int step) => _steps[step].OnlyWord;

    /// <summary>Commands that are sent together, of which only the last is answered, or none.</summary>
    private sealed class Exchange
    {
        public readonly Expected Expected;

        public Exchange(IReadOnlyList<(Command Command, Expected Expected)> commands)
        {
            Commands = [.. commands.Select(each => each.Command)];
            MaxLength = Commands.Sum(command => command.MaxLength);
            Expected = commands[^1].Expected with
            {
                IsSubscriber = commands.Any(each => each.Expected.IsSubscriber), IsMonitor = commands.Any(each => each.Expected.IsMonitor),
            };
            var words = Commands[0].Words;
            FirstWord = words.Length == 0 ? [] : Encoding.UTF8.GetBytes(words[0]);
            OnlyWord = words.Length == 1 && NeverAnsweredWithTheirName.Contains(words[0].ToUpperInvariant()) ? FirstWord : [];
        }

        public Command[] Commands { get; }

        public int MaxLength { get; }

        public byte[] FirstWord { get; }

        public byte[] OnlyWord { get; }
    }

    /// <summary>One command: ready bytes, or arguments whose placeholders are filled in for each connection.</summary>
    private sealed class Command
    {
        private readonly byte[]? _ready;
        private readonly Part[][] _arguments;

        private Command(byte[]? ready, Part[][] arguments, int maxLength) => (_ready, _arguments, MaxLength) = (ready, arguments, maxLength);

        public int MaxLength { get; }

        /// <summary>Without its placeholders.</summary>
        public string[] Words => [.. _arguments.Select(argument => string.Concat(argument.Select(part => part.Text)))];

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

        public IEnumerable<string> Secrets() => ScriptSecrets.In(Words)
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

/// <summary>One element of <c>connection.script</c>.</summary>
/// <param name="Send">The command, with quotes and placeholders.</param>
/// <param name="Replies">How many values come back, 0 for none; null for what is known of the command.</param>
public readonly record struct ScriptLine(string Send, int? Replies);
