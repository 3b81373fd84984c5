using System.Globalization;
using System.Text;

namespace ActorLoad.Observers.Server;

/// <summary>One answer of a server. Its texts are the server's own: keep them only through <see cref="Metrics.ServerWords"/>.</summary>
/// <param name="Texts">The elements of a list, or the one value; null for an element that is no text, nothing for a null answer.</param>
/// <param name="Error">The text of an error reply; null if the answer is none.</param>
internal sealed record ServerAnswer(IReadOnlyList<string?> Texts, string? Error)
{
    /// <summary>Reads the answer that these bytes begin with, and moves <paramref name="rest"/> behind it. <see cref="AnswerGuard"/> must
    /// have let them pass, and found the answer whole.</summary>
    public static ServerAnswer Take(ref ReadOnlySpan<byte> rest) => Value(ref rest) switch
    {
        ErrorText error => new([], error.Text),
        object?[] list => new([.. list.Select(value => value as string)], null),
        string text => new([text], null),
        _ => new([], null),
    };

    // A text, an error, a list of these, or null.
    private static object? Value(ref ReadOnlySpan<byte> rest)
    {
        var (type, end) = (rest[0], rest.IndexOf((byte)'\n'));
        var line = rest[1..end].TrimEnd((byte)'\r');
        rest = rest[(end + 1)..];
        if (!AnswerGuard.HasLength(type))
        {
            var said = Encoding.UTF8.GetString(line);
            return type == '-' ? new ErrorText(said) : type == '_' ? null : said;
        }

        var length = int.Parse(line, CultureInfo.InvariantCulture);
        if (length < 0)
        {
            return null;
        }

        if (AnswerGuard.HasPayload(type))
        {
            var text = Encoding.UTF8.GetString(rest[..length]);
            rest = rest[(length + AnswerGuard.LineEnd)..];
            return type == '!' ? new ErrorText(text) : text;
        }

        var values = new object?[type == '%' ? length * 2 : length];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = Value(ref rest);
        }

        return values;
    }

    private sealed record ErrorText(string Text);
}
