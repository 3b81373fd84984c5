using System.Globalization;
using System.Text;

namespace ActorLoad.Observers.Server;

/// <summary>A value in an answer: a text, a list of values, or neither.</summary>
/// <param name="Text">The text; null if it is none.</param>
/// <param name="Items">The values of a list, or of a map: names and values in turn.</param>
public sealed record ServerValue(string? Text, IReadOnlyList<ServerValue> Items)
{
    /// <summary>No text, and no list.</summary>
    public static ServerValue Null { get; } = new(null, []);
}

/// <summary>One answer of a server. Its texts are the server's own: keep them only through <see cref="Metrics.ServerWords"/>.</summary>
/// <param name="Texts">The elements of a list, or the one value; null for an element that is no text, nothing for a null answer.</param>
/// <param name="Error">The text of an error reply; null if the answer is none.</param>
internal sealed record ServerAnswer(IReadOnlyList<string?> Texts, string? Error)
{
    /// <summary>The answer with all lists in it.</summary>
    public ServerValue Tree { get; private init; } = ServerValue.Null;

    /// <summary>Reads the answer that these bytes begin with, and moves <paramref name="rest"/> behind it. <see cref="AnswerGuard"/> must
    /// have let them pass, and found the answer whole.</summary>
    public static ServerAnswer Take(ref ReadOnlySpan<byte> rest) => Value(ref rest) switch
    {
        ErrorText error => new([], error.Text),
        object?[] list => new([.. list.Select(value => value as string)], null) { Tree = TreeOf(list) },
        string text => new([text], null) { Tree = TreeOf(text) },
        _ => new([], null),
    };

    private static ServerValue TreeOf(object? value) => value switch
    {
        object?[] list => new(null, [.. list.Select(TreeOf)]),
        string text => new(text, []),
        _ => ServerValue.Null,
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
