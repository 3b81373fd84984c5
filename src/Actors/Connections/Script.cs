using System.Collections.Immutable;
using System.Numerics;

namespace ActorLoad.Connections;

/// <summary>
/// The commands of a connection, encoded once as RESP arrays of bulk strings. Words are split and quoted as in redis-cli
/// (<see cref="ScriptWords"/>), and placeholders are those of <see cref="ScriptPlaceholders"/>. <c>{{</c> and <c>}}</c> are braces. A
/// command without a reply is sent with the next one.
/// </summary>
public sealed class Script
{
    /// <summary>Most bytes of one send.</summary>
    public const int MostBytes = 16 << 20;

    // Beyond it the last pipeline of a part is not full.
    private const int MostInPart = 100_000;

    private readonly ImmutableArray<ScriptStep> _steps;
    private readonly ScriptSettings _settings;
    private readonly ReplyForecast _forecast; // of a connection that has sent it

    private Script(ImmutableArray<ScriptStep> steps, ScriptSettings settings, ReplyForecast forecast)
    {
        (_steps, _settings, _forecast) = (steps, settings, forecast);
        First = Arrange(forecast);
        Later = Arrange(forecast);
        Secrets = [.. steps.SelectMany(step => step.Command.Secrets()).Distinct()];
    }

    /// <summary>No commands: connect, hold, close.</summary>
    public static Script Empty { get; } = new([], new ScriptSettings(), new ReplyForecast());

    /// <summary>Passwords in the script, as they are sent. Of a password with a placeholder: the text around it.</summary>
    public ImmutableArray<string> Secrets { get; }

    /// <summary>True if the last command is QUIT, so that the server closes first.</summary>
    public bool EndsWithQuit => _steps is [.., { Words: [var word] }] && word.Equals("QUIT", StringComparison.OrdinalIgnoreCase);

    /// <summary>The pause between its exchanges; null if there is none.</summary>
    public ThinkTime? Think => _settings.Think;

    /// <summary>Number of commands.</summary>
    public int Count => _steps.Length;

    /// <summary>The use of a new connection.</summary>
    internal ScriptUse First { get; }

    /// <summary>Each later use of the same connection, which is a subscriber, silent or a monitor from the beginning if the script makes
    /// it one.</summary>
    internal ScriptUse Later { get; }

    /// <summary>All commands once, in order.</summary>
    internal IEnumerable<ScriptCommand> Commands => _steps.Select(step => step.Command);

    /// <summary>Name of its fleet.</summary>
    internal string Fleet => _settings.Fleet;

    /// <summary>Compiles commands. <paramref name="problem"/> names a command that cannot be used, and says why.</summary>
    public static bool TryParse(IReadOnlyList<string> commands, out Script? script, out string problem) =>
        TryParse([.. commands.Select(command => new ScriptLine(command))], new ScriptSettings(), out script, out problem);

    /// <summary>Compiles lines. <paramref name="problem"/> names a command that cannot be used, and says why.</summary>
    public static bool TryParse(IReadOnlyList<ScriptLine> lines, ScriptSettings settings, out Script? script, out string problem)
    {
        script = null;
        if (!TryCompile(lines, settings.Fleet, out var steps, out problem))
        {
            return false;
        }

        var whole = new Script(steps, settings, new ReplyForecast());
        problem = whole.Problem();
        script = problem.Length == 0 ? whole : null;
        return script is not null;
    }

    /// <summary>The steps of lines that can be sent. Throws <see cref="ArgumentException"/> for others.</summary>
    internal static ImmutableArray<ScriptStep> Steps(IReadOnlyList<ScriptLine> lines, string fleet) =>
        TryCompile(lines, fleet, out var steps, out var problem) ? steps : throw new ArgumentException(problem, nameof(lines));

    /// <summary>Commands that are sent together.</summary>
    internal static Script Together(IEnumerable<ScriptStep> steps) =>
        new([.. steps], new ScriptSettings { Pipeline = int.MaxValue }, new ReplyForecast());

    /// <summary>The script on a connection that has sent <paramref name="setup"/>.</summary>
    internal Script After(Script setup) => new(_steps, _settings, setup._forecast);

    /// <summary>PING on a connection that has sent the script.</summary>
    internal Exchange Ping()
    {
        var step = ScriptStep.Literal("PING");
        return new Exchange([(step.Command, _forecast.Next(step.Words, step.Source))]);
    }

    /// <summary>What is wrong with the whole; empty if nothing is.</summary>
    internal string Problem()
    {
        if (First.Exchanges.FirstOrDefault(exchange => exchange.Length > MostBytes) is { } large)
        {
            return $"sends {large.Length} bytes together, more than {MostBytes}: a smaller payload, or a smaller pipeline";
        }

        return First.HasEmptyPart || Later.HasEmptyPart
            ? "has no reply, so nothing tells when to send it again: a command with a reply, or repeat = 1" : "";
    }

    private static bool TryCompile(
        IReadOnlyList<ScriptLine> lines, string fleet, out ImmutableArray<ScriptStep> steps, out string problem)
    {
        var compiled = ImmutableArray.CreateBuilder<ScriptStep>(lines.Count);
        (steps, problem) = ([], "");
        foreach (var (index, line) in lines.Index())
        {
            if (!ScriptWords.TrySplit(line.Send, out var words, out problem)
                || !ScriptStep.TryCompile(words, line, fleet, out var step, out problem))
            {
                var hidden = new Metrics.Secrets(ScriptSecrets.Of(line.Send));
                problem = $"command {index + 1} `{ScriptSecrets.Shown(line.Send)}` {hidden.Hide(problem)}";
                return false;
            }

            compiled.Add(step!);
        }

        steps = compiled.ToImmutable();
        return true;
    }

    // As many copies of the script make one part as fill its pipelines. Commands without a reply go with what follows them.
    private ScriptUse Arrange(ReplyForecast forecast)
    {
        if (_steps.IsEmpty)
        {
            return new ScriptUse([], [], 1, []);
        }

        var (repeat, alone) = (_settings.Repeat, new ReplyForecast());
        var answered = Math.Max(1, _steps.Count(step => alone.Next(step.Words, step.Source).Replies > 0));
        var full = _settings.Pipeline / (int)BigInteger.GreatestCommonDivisor(_settings.Pipeline, answered);
        var copies = Math.Min(repeat, Math.Min(full, Math.Max(1, MostInPart / _steps.Length)));
        var (rounds, rest) = Math.DivRem(repeat, copies);
        var silent = new List<(ScriptCommand, Expected)>();
        var first = Group(forecast, copies, silent);
        var again = rounds > 1 ? Group(forecast, copies, silent) : [];
        var last = Group(forecast, rest, silent);
        if (silent.Count > 0)
        {
            last = [.. last, new Exchange(silent)];
        }

        return rounds == 1 ? new ScriptUse([.. first, .. last], [], 1, []) : new ScriptUse(first, again, rounds, last);
    }

    private Exchange[] Group(ReplyForecast forecast, int copies, List<(ScriptCommand, Expected)> waiting)
    {
        var (exchanges, answered) = (new List<Exchange>(), 0);
        for (var index = 0; index < copies * _steps.Length; index++)
        {
            var step = _steps[index % _steps.Length];
            var expected = forecast.Next(step.Words, step.Source);
            waiting.Add((step.Command, expected));
            answered += expected.Replies > 0 ? 1 : 0;
            if (answered == _settings.Pipeline)
            {
                exchanges.Add(new Exchange(waiting));
                waiting.Clear();
                answered = 0;
            }
        }

        if (answered > 0)
        {
            exchanges.Add(new Exchange(waiting));
            waiting.Clear();
        }

        return [.. exchanges];
    }
}
