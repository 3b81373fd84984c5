using System.Text;

namespace ActorLoad.Connections;

/// <summary>Splits a command into words as <c>redis-cli</c> does: quotes group, a backslash in double quotes escapes.</summary>
internal static class ScriptWords
{
    /// <summary>The words of <paramref name="command"/>, or what is wrong with it.</summary>
    public static bool TrySplit(string command, out IReadOnlyList<string> words, out string problem)
    {
        var found = new List<string>();
        var word = new StringBuilder();
        var (quote, inWord) = ('\0', false);
        for (var index = 0; index < command.Length; index++)
        {
            var letter = command[index];
            if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                Finish(found, word, ref inWord);
            }
            else if (quote == '\0' && letter is '"' or '\'')
            {
                (quote, inWord) = (letter, true);
            }
            else if (quote != '\0' && letter == quote)
            {
                quote = '\0';
            }
            else if (quote == '"' && letter == '\\' && index + 1 < command.Length)
            {
                word.Append(command[++index] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other });
            }
            else
            {
                word.Append(letter);
                inWord = true;
            }
        }

        Finish(found, word, ref inWord);
        words = found;
        problem = quote != '\0' ? $"has no closing {quote}" : found.Count == 0 ? "is empty" : "";
        return problem.Length == 0;
    }

    private static void Finish(List<string> found, StringBuilder word, ref bool inWord)
    {
        if (inWord)
        {
            found.Add(word.ToString());
        }

        word.Clear();
        inWord = false;
    }
}
