using ActorLoad.Connections;
using System.Text;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>Reads what an exchange sends, as a server would.</summary>
internal static class Sent
{
    /// <summary>The words of each command.</summary>
    public static List<string[]> Commands(Exchange exchange, Sender sender = default)
    {
        var room = new byte[exchange.MaxLength];
        var text = Encoding.Latin1.GetString(room, 0, exchange.Write(sender, room));
        var (commands, at) = (new List<string[]>(), 0);
        while (at < text.Length)
        {
            var words = new string[Number('*')];
            for (var word = 0; word < words.Length; word++)
            {
                var length = Number('$');
                words[word] = text.Substring(at, length);
                at += length + 2;
            }

            commands.Add(words);
        }

        return commands;

        int Number(char kind)
        {
            var end = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            var number = text[at] == kind ? int.Parse(text[(at + 1)..end], System.Globalization.CultureInfo.InvariantCulture)
                : throw new InvalidDataException($"{text[at]} at {at}, where {kind} should be");
            at = end + 2;
            return number;
        }
    }

    /// <summary>The same as one line: words apart by spaces, commands by bars.</summary>
    public static string Line(Exchange exchange, Sender sender = default) => string.Join(" | ", Commands(exchange, sender).Select(words => string.Join(' ', words)));
}
