using System.Globalization;
using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// Finds the secrets in a command of a script: the words after <c>AUTH</c>, also within HELLO and MIGRATE, and passwords that CONFIG, ACL
/// and SENTINEL set.
/// </summary>
/// <remarks>Reads a command leniently, because an error may show a command with a mistake.</remarks>
internal static class ScriptSecrets
{
    private const string Auth = "AUTH";
    private static readonly string[] SecretNames = ["pass", "auth", "secret", "token", "masteruser", "primaryuser"];

    /// <summary>The command with its secrets hidden.</summary>
    public static string Shown(string command)
    {
        var words = Split(command);
        var shown = new StringBuilder(command);
        foreach (var place in In([.. words.Select(word => word.Text)]).OrderByDescending(place => place.Word))
        {
            var (start, end, text) = words[place.Word];
            shown.Remove(start, end - start).Insert(start, text[..place.Kept] + Secrets.Mask);
        }

        return shown.ToString();
    }

    /// <summary>The secrets of a command, without quotes.</summary>
    public static IEnumerable<string> Of(string command) => Of([.. Split(command).Select(word => word.Text)]);

    /// <summary>The secrets among the words of a command.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<string> words) =>
        In(words).Where(place => place.IsSecret).Select(place => words[place.Word][place.Kept..]).Where(secret => secret.Length > 0);

    /// <summary>The words to hide, each once.</summary>
    public static IEnumerable<SecretPlace> In(IReadOnlyList<string> words) =>
        Find(words).OrderByDescending(place => place.IsSecret).DistinctBy(place => place.Word).OrderBy(place => place.Word);

    private static IEnumerable<SecretPlace> Find(IReadOnlyList<string> words)
    {
        var (command, verb) = (Upper(words, 0), Upper(words, 1));
        return command switch
        {
            Auth => From(words, 1, words.Count - 1),
            "HELLO" => After(words, Auth, 2),
            "MIGRATE" => [.. After(words, Auth, 1), .. After(words, "AUTH2", 2)],
            "CONFIG" when verb == "SET" => Values(words, 2),
            "SENTINEL" when verb is "SET" or "CONFIG" => Values(words, 3),
            "ACL" when verb == "SETUSER" => Rules(words),
            _ when command.StartsWith(Auth, StringComparison.Ordinal) => [new SecretPlace(0, Auth.Length, true)], // a missing space
            _ => [],
        };
    }

    // Of a user and a password, both are hidden, but only the password is a secret.
    private static IEnumerable<SecretPlace> From(IReadOnlyList<string> words, int first, int count) =>
        Enumerable.Range(first, Math.Max(0, Math.Min(count, words.Count - first)))
            .Select(word => new SecretPlace(word, 0, count != 2 || word == first + 1));

    private static IEnumerable<SecretPlace> After(IReadOnlyList<string> words, string key, int count) =>
        Enumerable.Range(1, Math.Max(0, words.Count - 1)).Where(word => Upper(words, word) == key)
            .SelectMany(word => From(words, word + 1, count));

    private static IEnumerable<SecretPlace> Values(IReadOnlyList<string> words, int first) =>
        Enumerable.Range(first, Math.Max(0, words.Count - first - 1))
            .Where(word => (word - first) % 2 == 0
                && SecretNames.Any(name => words[word].Contains(name, StringComparison.OrdinalIgnoreCase)))
            .Select(word => new SecretPlace(word + 1, 0, true));

    private static IEnumerable<SecretPlace> Rules(IReadOnlyList<string> words) => Enumerable.Range(2, Math.Max(0, words.Count - 2))
        .Where(word => words[word].Length > 1 && words[word][0] is '>' or '<' or '#' or '!').Select(word => new SecretPlace(word, 1, true));

    private static string Upper(IReadOnlyList<string> words, int word) => word < words.Count ? words[word].ToUpperInvariant() : "";

    private static List<(int Start, int End, string Text)> Split(string command)
    {
        var words = new List<(int, int, string)>();
        for (var at = 0; at < command.Length;)
        {
            if (char.IsWhiteSpace(command[at]))
            {
                at++;
                continue;
            }

            var start = at;
            var text = new StringBuilder();
            for (var quote = '\0'; at < command.Length && (quote != '\0' || !char.IsWhiteSpace(command[at])); at++)
            {
                var letter = command[at];
                if (quote == '\0' && letter is '"' or '\'')
                {
                    quote = letter;
                }
                else if (quote != '\0' && letter == quote)
                {
                    quote = '\0';
                }
                else if (quote != '\0' && letter == '\\' && at + 1 < command.Length && (quote == '"' || command[at + 1] == '\''))
                {
                    text.Append(Unescaped(command, ref at));
                }
                else
                {
                    text.Append(letter);
                }
            }

            words.Add((start, at, text.ToString()));
        }

        return words;
    }

    private static char Unescaped(string command, ref int at)
    {
        at++;
        if (command[at] == 'x' && at + 2 < command.Length
            && byte.TryParse(command.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            at += 2;
            return (char)code;
        }

        return command[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'a' => '\a', var other => other };
    }
}

/// <summary>A word to hide.</summary>
/// <param name="Word">Number of the word, from 0.</param>
/// <param name="Kept">Number of its first characters that are shown.</param>
/// <param name="IsSecret">False for a user's name beside a password.</param>
internal readonly record struct SecretPlace(int Word, int Kept, bool IsSecret);
