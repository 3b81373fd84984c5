using System.Globalization;
using System.Text;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>The placeholders that a script may have. This is the only list of them.</summary>
internal static class ScriptPlaceholders
{
    private const int MostPayload = 1 << 20;
    private const int DigitsOfInt = 10;
    private const string Range = "LO-HI";
    private const string Bytes = "BYTES";
    private const string Keys = "PREFIX:COUNT";

    private static readonly Form[] Known =
    [
        Number("burst", (in sender) => sender.Burst),
        Number("client", (in sender) => sender.Client),
        Number("connection", (in sender) => sender.Connection, NumberPlaceholder.MostDigits),
        Number("attempt", (in sender) => sender.Attempt),
        new Form("fleet", "", (_, place) => ([new ScriptPart(place.Fleet)], "")),
        new Form("random", Range, Random),
        new Form("payload", Bytes, (bytes, _) => Payload(bytes)),
        new Form("key", Keys, Key),
    ];

    /// <summary>All of them, as a run file writes them.</summary>
    public static IEnumerable<string> Names => Known.Select(form => form.Shown);

    /// <summary>The parts that a placeholder stands for, or what is wrong with it.</summary>
    /// <param name="text">What is between the braces.</param>
    /// <param name="place">Where it stands.</param>
    public static (ScriptPart[] Parts, string Problem) Parse(string text, Place place)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (name, arguments) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
        if (Known.FirstOrDefault(form => form.Name == name) is not { } known)
        {
            var meant = NearestKey.Find(name, Known.Select(form => form.Name)) is { } near ? $", perhaps {{{near}}}" : "";
            return ([], $"has the unknown placeholder {{{text}}}{meant}; known are {string.Join(", ", Names)}; a brace itself is {{{{");
        }

        var (parts, problem) = (arguments.Length > 0) != (known.Arguments.Length > 0) ? ([], "") : known.Parse(arguments, place);
        return parts.Length > 0 || problem.Length > 0 ? (parts, problem.Length == 0 ? "" : $"has {{{text}}}: {problem}")
            : ([], $"has {{{text}}}, which is written {known.Shown}");
    }

    private static Form Number(string name, NumberPlaceholder.Reader read, int maxLength = DigitsOfInt)
    {
        ScriptPart[] parts = [new([], new NumberPlaceholder(read, maxLength))];
        return new Form(name, "", (_, _) => (parts, ""));
    }

    private static (ScriptPart[] Parts, string Problem) Random(string range, Place place)
    {
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 || !TryNumber(range[..dash], out var low) || !TryNumber(range[(dash + 1)..], out var high)
            ? ([], "the range has two whole numbers from 0 on, such as 1-100")
            : low > high ? ([], $"the range ends at {high}, before it begins at {low}")
            : ([new ScriptPart([], new RandomPlaceholder(low, high, place.Number))], "");
    }

    // Letters that repeat only after many bytes, so that nothing on the way can compress them to a few.
    private static (ScriptPart[] Parts, string Problem) Payload(string bytes)
    {
        if (!TryNumber(bytes, out var length) || length is < 1 or > MostPayload)
        {
            return ([], string.Create(CultureInfo.InvariantCulture, $"a payload has 1 to {MostPayload} bytes"));
        }

        var payload = new byte[length];
        for (var index = 0; index < payload.Length; index++)
        {
            payload[index] = (byte)('a' + (RandomStreams.Number(0, index) % 26));
        }

        return ([new ScriptPart(payload)], "");
    }

    private static (ScriptPart[] Parts, string Problem) Key(string arguments, Place place)
    {
        var colon = arguments.LastIndexOf(':');
        return colon <= 0 || !TryNumber(arguments[(colon + 1)..], out var count) || count < 1
            ? ([], "a key has a prefix, and a number of keys from 1 on, such as {key:user:1000}")
            : ([
                new ScriptPart(Encoding.UTF8.GetBytes(arguments[..(colon + 1)])),
                new ScriptPart([], new KeyPlaceholder(count, place.Number)),
            ], "");
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Where a placeholder stands.</summary>
    /// <param name="Number">Number of placeholders before it in its command.</param>
    /// <param name="Fleet">Name of its fleet, in UTF-8.</param>
    internal readonly record struct Place(int Number, byte[] Fleet);

    private sealed record Form(string Name, string Arguments, Func<string, Place, (ScriptPart[] Parts, string Problem)> Parse)
    {
        public string Shown => Arguments.Length == 0 ? $"{{{Name}}}" : $"{{{Name}:{Arguments}}}";
    }
}
