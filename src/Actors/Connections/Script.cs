using System.Collections.Immutable;
using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Connections;

/// <summary>
/// The commands of a connection, encoded once as RESP arrays of bulk strings. Words are split and quoted as in redis-cli
/// (<see cref="ScriptWords"/>). <c>{burst}</c> and <c>{client}</c> stand for the numbers of the burst and of the connection in it, from 0.
/// <c>{{</c> and <c>}}</c> are braces. A command without a reply is sent with the next one: such a step is one exchange.
/// </summary>
public sealed class Script
{
    // Without RANDOMKEY, because a key may have that name, and RESET, because its reply is RESET.
    private static readonly HashSet<string> NeverAnsweredWithTheirName = ["PING", "HELLO", "INFO", "TIME", "DBSIZE", "ROLE"];

    private readonly Exchange[] _steps;

    private Script(Exchange[] steps, IEnumerable<string> secrets) =>
        (_steps, Secrets, EndsWithQuit) = (steps, [.. secrets.Distinct()], steps is [.., var last] && last.EndsWithQuit);

    /// <summary>No commands: connect, hold, close.</summary>
    public static Script Empty { get; } = new([], []);

    /// <summary>Passwords in the script, as they are sent. Of a password with a placeholder: the text around it.</summary>
    public ImmutableArray<string> Secrets { get; }

    /// <summary>True if the last command is QUIT, so that the server closes first.</summary>
    public bool EndsWithQuit { get; }

    /// <summary>Number of steps. Commands without a reply share a step with the next command.</summary>
    public int Count => _steps.Length;

    /// <summary>Compiles commands. <paramref name="problem"/> names a command that cannot be used, and says why.</summary>
    public static bool TryParse(IReadOnlyList<string> commands, out Script? script, out string problem) =>
        TryParse([.. commands.Select(command => new ScriptLine(command, null))], out script, out problem);

    /// <summary>Compiles lines. <paramref name="problem"/> names a command that cannot be used, and says why.</summary>
    public static bool TryParse(IReadOnlyList<ScriptLine> lines, out Script? script, out string problem)
    {
        var (compiled, forecast) = (new ScriptCommand[lines.Count], new ReplyForecast());
        var (steps, silent) = (new List<Exchange>(), new List<(ScriptCommand, Expected)>());
        for (var index = 0; index < compiled.Length; index++)
        {
            problem = "";
            var line = lines[index];
            if (!ScriptWords.TrySplit(line.Send, out var words, out problem)
                || !ScriptCommand.TryCompile(words, out compiled[index], out problem))
            {
                var hidden = new Secrets(ScriptSecrets.Of(line.Send));
                problem = $"command {index + 1} `{ScriptSecrets.Shown(line.Send)}` {hidden.Hide(problem)}";
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

    /// <summary>The commands before a client's own script: AUTH, if it signs in. They have no placeholders.</summary>
    public static Script Setup(Credentials credentials) => !credentials.AreGiven ? Empty
        : new Script([new Exchange([(ScriptCommand.Literal([.. credentials.Auth]), new Expected(1))])], [credentials.Password]);

    /// <summary>Most bytes of step <paramref name="step"/>, for any numbers.</summary>
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
    internal int WriteFirst(int step, int burst, int client, Span<byte> destination) =>
        _steps[step].Commands[0].Write(burst, client, destination);

    /// <summary>All commands, in order.</summary>
    internal IEnumerable<ScriptCommand> Commands => _steps.SelectMany(step => step.Commands);

    /// <summary>The expected replies of a step.</summary>
    internal ref readonly Expected Expected(int step) => ref _steps[step].Expected;

    /// <summary>The name of a step's first command.</summary>
    internal ReadOnlySpan<byte> FirstWord(int step) => _steps[step].FirstWord;

    /// <summary>The name of a step's first command, if it has no argument and no server replies with that name; else empty.</summary>
    internal ReadOnlySpan<byte> OnlyWord(int step) => _steps[step].OnlyWord;

    /// <summary>Commands that are sent together. At most the last command gets a reply.</summary>
    private sealed class Exchange
    {
        public readonly Expected Expected;

        public Exchange(IReadOnlyList<(ScriptCommand Command, Expected Expected)> commands)
        {
            Commands = [.. commands.Select(each => each.Command)];
            MaxLength = Commands.Sum(command => command.MaxLength);
            Expected = commands[^1].Expected with
            {
                IsSubscriber = commands.Any(each => each.Expected.IsSubscriber),
                IsMonitor = commands.Any(each => each.Expected.IsMonitor),
            };
            var words = Commands[0].Words;
            FirstWord = words.Length == 0 ? [] : Encoding.UTF8.GetBytes(words[0]);
            OnlyWord = words.Length == 1 && NeverAnsweredWithTheirName.Contains(words[0].ToUpperInvariant()) ? FirstWord : [];
        }

        public ScriptCommand[] Commands { get; }

        public int MaxLength { get; }

        public bool EndsWithQuit => Commands[^1].Words is [var word] && word.Equals("QUIT", StringComparison.OrdinalIgnoreCase);

        public byte[] FirstWord { get; }

        public byte[] OnlyWord { get; }
    }
}

/// <summary>One element of <c>connection.script</c>.</summary>
/// <param name="Send">The command, with quotes and placeholders.</param>
/// <param name="Replies">Number of replies, 0 or more; null for the usual number of this command.</param>
public readonly record struct ScriptLine(string Send, int? Replies);
