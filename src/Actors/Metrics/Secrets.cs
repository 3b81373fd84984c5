using System.Text;

namespace ActorLoad.Metrics;

/// <summary>The secrets of a run, and the search for them in foreign texts.</summary>
/// <remarks>Finds a secret in any case, with invisible characters in it, and as servers and JSON escape it. Also finds a part of five or
/// more characters (servers cut what they repeat), and a shorter beginning where a text or a quotation ends. A secret of fewer than four
/// characters is found only as a whole word, because it cannot be told from other text.</remarks>
public sealed class Secrets
{
    /// <summary>Replaces a secret.</summary>
    public const string Mask = "***";

    private const int Gram = 4;
    private const int ShortestBeginning = 3;

    // A shorter number is too likely to be an innocent count.
    private const int ShortestNumber = 6;

    private readonly HashSet<ulong> _grams = [];
    private readonly HashSet<ulong> _wholeGrams = [];
    private readonly List<string> _words = [];
    private readonly List<string> _beginnings = [];
    private readonly List<string> _encoded = [];

    /// <summary>These secrets, without empty ones.</summary>
    public Secrets(IEnumerable<string> secrets)
    {
        foreach (var secret in secrets.Where(secret => secret.Length > 0).Distinct())
        {
            string[] forms = [secret, AsServersQuote(secret), OnOneLine(secret), ForeignText.Shown(secret), AsJson(secret)];
            foreach (var form in forms.Select(Folded).Distinct())
            {
                Add(form);
            }

            if (secret.Length >= Gram)
            {
                var bytes = Encoding.UTF8.GetBytes(secret);
                _encoded.AddRange(
                    [Folded(Uri.EscapeDataString(secret)), Convert.ToHexString(bytes), Folded(Convert.ToBase64String(bytes))]);
            }
        }
    }

    /// <summary>No secrets.</summary>
    public static Secrets None { get; } = new([]);

    /// <summary>True if there are no secrets.</summary>
    public bool IsEmpty => _grams.Count + _wholeGrams.Count + _words.Count == 0;

    /// <summary>The text without secrets.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="from">Where the search begins; the text before it is trusted.</param>
    public string Hide(string text, int from = 0)
    {
        if (IsEmpty || text.Length <= from)
        {
            return text;
        }

        var places = new List<int>(text.Length - from);
        var folded = new StringBuilder(text.Length - from);
        for (var at = from; at < text.Length; at++)
        {
            if (!ForeignText.IsHidden(text[at]) || char.IsSurrogate(text[at]))
            {
                places.Add(at);
                folded.Append(char.ToUpperInvariant(text[at]));
            }
        }

        var found = Find(folded.ToString());
        return found.Contains(true) ? Cover(text, places, found) : text;
    }

    /// <summary>True for a number that is a secret.</summary>
    internal bool HasNumber(string text) => text.Length >= ShortestNumber && !IsEmpty && Hide(text) == Mask;

    private void Add(string form)
    {
        if (form.Length < Gram)
        {
            if (form.Length > 0)
            {
                _words.Add(form);
            }
        }
        else if (form.Length == Gram)
        {
            _wholeGrams.Add(Pack(form));
            _beginnings.Add(form);
        }
        else
        {
            _beginnings.Add(form);
            for (var at = 0; at + Gram <= form.Length; at++)
            {
                _grams.Add(Pack(form.AsSpan(at)));
            }
        }
    }

    private bool[] Find(string text)
    {
        var found = new bool[text.Length];
        FindParts(text, found);
        foreach (var encoded in _encoded)
        {
            FindAll(text, encoded, found, wholeWords: false);
        }

        foreach (var word in _words)
        {
            FindAll(text, word, found, wholeWords: true);
        }

        FindBeginnings(text, found);
        return found;
    }

    // Two consecutive parts of four make one of five.
    private void FindParts(string text, bool[] found)
    {
        var wasPart = false;
        for (var at = 0; at + Gram <= text.Length; at++)
        {
            var gram = Pack(text.AsSpan(at));
            var isPart = _grams.Contains(gram);
            if (isPart && wasPart)
            {
                found.AsSpan(at - 1, Gram + 1).Fill(true);
            }

            if (_wholeGrams.Contains(gram))
            {
                found.AsSpan(at, Gram).Fill(true);
            }

            wasPart = isPart;
        }
    }

    private static void FindAll(string text, string secret, bool[] found, bool wholeWords)
    {
        for (var at = text.IndexOf(secret, StringComparison.Ordinal); at >= 0; at = text.IndexOf(secret, at + 1, StringComparison.Ordinal))
        {
            var end = at + secret.Length;
            if (!wholeWords
                || ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end]))))
            {
                found.AsSpan(at, secret.Length).Fill(true);
            }
        }
    }

    private void FindBeginnings(string text, bool[] found)
    {
        for (var end = ShortestBeginning; end <= text.Length; end++)
        {
            if (end < text.Length && text[end] is not ('\'' or '"' or '`') && !text.AsSpan(end).StartsWith("..."))
            {
                continue;
            }

            for (var length = ShortestBeginning; length <= Gram && length <= end; length++)
            {
                var part = text.AsSpan(end - length, length);
                if ((end == length || !char.IsLetterOrDigit(text[end - length - 1])) && StartsAny(part))
                {
                    found.AsSpan(end - length, length).Fill(true);
                }
            }
        }
    }

    private bool StartsAny(ReadOnlySpan<char> part)
    {
        foreach (var secret in _beginnings)
        {
            if (secret.AsSpan().StartsWith(part))
            {
                return true;
            }
        }

        return false;
    }

    private static string Cover(string text, List<int> places, bool[] found)
    {
        var shown = new StringBuilder(text.Length);
        var next = 0;
        for (var at = 0; at < found.Length; at++)
        {
            if (!found[at])
            {
                continue;
            }

            var last = at;
            while (last + 1 < found.Length && found[last + 1])
            {
                last++;
            }

            shown.Append(text, next, places[at] - next).Append(Mask);
            next = places[last] + 1;
            at = last;
        }

        return shown.Append(text, next, text.Length - next).ToString();
    }

    private static ulong Pack(ReadOnlySpan<char> text) =>
        text[0] | ((ulong)text[1] << 16) | ((ulong)text[2] << 32) | ((ulong)text[3] << 48);

    private static string Folded(string text) =>
        string.Concat(text.Where(letter => !ForeignText.IsHidden(letter) || char.IsSurrogate(letter))).ToUpperInvariant();

    private static string AsJson(string text) => System.Text.Json.JsonEncodedText.Encode(text).ToString();

    private static string OnOneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));

    // As Redis quotes text (sdscatrepr).
    private static string AsServersQuote(string text)
    {
        var quoted = new StringBuilder();
        foreach (var each in Encoding.UTF8.GetBytes(text))
        {
            _ = (char)each switch
            {
                '\\' or '"' => quoted.Append('\\').Append((char)each),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                >= ' ' and <= '~' => quoted.Append((char)each),
                _ => quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\x{each:x2}"),
            };
        }

        return quoted.ToString();
    }
}
