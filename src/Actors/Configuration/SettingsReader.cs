using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorLoad.Configuration.Hocon;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration;

/// <summary>Reads the keys of one object, notes every problem and goes on. An unusable value is null.</summary>
/// <remarks>Also writes down the read values as JSON, and the read keys, so that a test can compare them with the schema.</remarks>
internal sealed class SettingsReader(
    HoconObject fields, string path, string schemaPath, JsonObject json, SettingsProblems problems, KeysRead keysRead, NamedFiles? files)
{
    /// <summary>The values so far.</summary>
    public JsonObject Json => json;

    /// <summary>A nested object.</summary>
    public SettingsReader Section(string key)
    {
        var inner = new JsonObject();
        json[key] = inner;
        return new SettingsReader((HoconObject)fields.Fields[key], Child(key), SchemaChild(key), inner, problems, keysRead, files);
    }

    /// <summary>A text; <paramref name="problemOf"/> returns what is wrong with it, or null.</summary>
    public string? Text(string key, Func<string, (string Problem, string Allowed)?>? problemOf = null)
    {
        keysRead.Texts.Add(SchemaChild(key));
        if (Scalar(key, "a text") is not { } text)
            return null;
        json[key] = text;
        if (problemOf?.Invoke(text) is not { } wrong)
            return text;
        Problem(key, wrong.Problem, wrong.Allowed);
        return null;
    }

    /// <summary>The content of the file that a key names, at most 1 MiB; null if it names none.</summary>
    public byte[]? Content(string key)
    {
        if (Text(key) is not { Length: > 0 } name)
            return null;
        var (content, problem, allowed) = files?.Bytes(fields.Fields[key].Origin, name)
            ?? (null, NamedFiles.NotOfStrangers, "a run file on the daemon's machine");
        if (problem.Length > 0)
            Problem(key, problem, allowed);
        return content;
    }

    /// <summary>A text that is shown as stars, unless it is empty.</summary>
    public string? Secret(string key, Func<string, (string Problem, string Allowed)?>? problemOf = null)
    {
        var secret = Text(key, problemOf);
        problems.Hide(secret);
        json[key] = secret is "" ? "" : Secrets.Mask;
        return secret;
    }

    /// <summary>on or off.</summary>
    public bool? Flag(string key)
    {
        const string Allowed = "on or off";
        keysRead.Choices[SchemaChild(key)] = ["on", "off"];
        bool? flag = Scalar(key, Allowed) switch
        {
            "on" or "true" or "yes" => true,
            "off" or "false" or "no" => false,
            null => null,
            var other => Wrong<bool>(key, $"{ShownText.Quote(other)} is not on or off", Allowed),
        };
        json[key] = flag;
        return flag;
    }

    /// <summary>A whole number in a range.</summary>
    public int? Integer(string key, int min, int max) => IntegerOr(key, null, min, max).Number;

    /// <summary>A whole number in a range, or a word that replaces it.</summary>
    public (int? Number, bool IsWord) IntegerOr(string key, string? word, int min, int max)
    {
        var allowed = $"{(word is null ? "" : word + " or ")}a whole number from {Show(min)} to {Show(max)}";
        if (Scalar(key, allowed) is not { } text)
            return (null, false);
        if (word is not null && text == word)
        {
            json[key] = word;
            return (null, true);
        }

        int? number = !UnitText.TryWhole(text, out var parsed)
            ? Wrong<int>(key, $"{ShownText.Quote(text)} is not a whole number", allowed)
            : parsed < min || parsed > max ? Wrong<int>(key, $"{Show(parsed)} is out of range", allowed) : (int)parsed;
        json[key] = number;
        return (number, false);
    }

    /// <summary>A number in a range; <paramref name="min"/> itself counts only with <paramref name="minIncluded"/>.</summary>
    public double? Number(string key, double min, double max, bool minIncluded = true)
    {
        var allowed = minIncluded ? $"a number from {Show(min)} to {Show(max)}" : $"a number above {Show(min)}, at most {Show(max)}";
        if (Scalar(key, allowed) is not { } text)
            return null;
        double? number = !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
            || !double.IsFinite(parsed)
            ? Wrong<double>(key, $"{ShownText.Quote(text)} is not a number", allowed)
            : parsed < min || parsed > max || (parsed == min && !minIncluded)
                ? Wrong<double>(key, $"{ShownText.Quote(text)} is out of range", allowed) : parsed;
        json[key] = number;
        return number;
    }

    /// <summary>A duration in a range; the limits are written as in a run file.</summary>
    public TimeSpan? Duration(string key, string min, string max)
    {
        if (Scalar(key, $"a duration from {min} to {max}, such as 10s") is not { } text)
            return null;
        json[key] = text;
        if (!UnitText.TryDuration(text, out var duration, out var problem, out var allowed))
            return Wrong<TimeSpan>(key, problem, allowed);
        _ = UnitText.TryDuration(min, out var least, out _, out _) & UnitText.TryDuration(max, out var most, out _, out _);
        return duration >= least && duration <= most ? duration : Wrong<TimeSpan>(key, $"{ShownText.Quote(text)} is out of range",
            $"from {min} to {max}");
    }

    /// <summary>A rate such as <c>500/s</c>, in connections per second.</summary>
    public double? Rate(string key, bool canBeZero = false)
    {
        if (Scalar(key, UnitText.RateUnits) is not { } text)
            return null;
        json[key] = text;
        if (!UnitText.TryRate(text, out var rate, out var problem))
            return Wrong<double>(key, problem, UnitText.RateUnits);
        return rate > UnitText.HighestRate || (rate == 0 && !canBeZero)
            ? Wrong<double>(key, $"{ShownText.Quote(text)} is out of range",
                $"{(canBeZero ? "from 0/s" : "above 0/s, at most")} {(canBeZero ? "to " : "")}{Show(UnitText.HighestRate)}/s")
            : rate;
    }

    /// <summary>The password in the file that a key names; empty if it names none, null if a problem was noted.</summary>
    public string? PasswordIn(string key)
    {
        if (Text(key) is not { } name || name.Length == 0)
            return json[key] is null ? null : "";
        var (password, problem, allowed) = files?.Read(fields.Fields[key].Origin, name, PasswordFile.Read)
            ?? (null, NamedFiles.NotOfStrangers, "a password in the run file");
        if (problem.Length > 0)
            Problem(key, problem, allowed);
        problems.Hide(password);
        return password;
    }

    /// <summary>True if an option of the command line sets the key, which other users can read.</summary>
    public bool IsOnCommandLine(string key) => fields.Fields[key].Origin is { IsOption: true, Source: ['-', '-', ..] };

    /// <summary>A key's value as it was read, for a message.</summary>
    public string Shown(string key) => $"{json[key]}";

    /// <summary>A number of bytes in a range; the limits are written as in a run file.</summary>
    public int? Size(string key, string min, string max)
    {
        if (Scalar(key, $"a size from {min} to {max}") is not { } text)
            return null;
        json[key] = text;
        if (!UnitText.TrySize(text, out var size, out var problem, out var allowed))
            return Wrong<int>(key, problem, allowed);
        _ = UnitText.TrySize(min, out var least, out _, out _) & UnitText.TrySize(max, out var most, out _, out _);
        return size >= least && size <= most ? (int)size : Wrong<int>(key, $"{ShownText.Quote(text)} is out of range",
            $"from {min} to {max}");
    }

    /// <summary>One of the names of an enumeration, in kebab case.</summary>
    public T? Choice<T>(string key)
        where T : struct, Enum
    {
        var names = Enum.GetValues<T>().ToDictionary(value => value.Word());
        keysRead.Choices[SchemaChild(key)] = [.. names.Keys];
        var allowed = names.Count == 1 ? names.Keys.First() : $"one of {string.Join(", ", names.Keys)}";
        if (Scalar(key, allowed) is not { } text)
            return null;
        json[key] = text;
        if (names.TryGetValue(text, out var choice))
            return choice;
        var meant = NearestKey.Find(text, names.Keys) is { } nearest ? $" (did you mean \"{nearest}\"?)" : "";
        return Wrong<T>(key, $"{ShownText.Quote(text)} is not known{meant}", allowed);
    }

    /// <summary>A list of texts; <paramref name="parse"/> turns each into a value. Null if a text is wrong. <paramref name="show"/> hides a
    /// possible secret in a text. An option that sets one item of a <paramref name="verbatim"/> list is taken as it is.
    /// <paramref name="read"/> reads an item that is an object, with its path, and notes its problems.</summary>
    public ImmutableArray<T>? List<T>(string key, string example, Func<string, (T? Value, string Problem, string Allowed)> parse,
        Func<string, string>? show = null, bool verbatim = false,
        Func<HoconObject, string, (SettingsReader Reader, T? Value, bool IsRight)>? read = null)
    {
        (verbatim ? keysRead.Texts : keysRead.Items).Add($"{SchemaChild(key)}[]");
        if (Items(key, $"a list such as {example}") is not { } list)
            return null;
        var written = new JsonArray();
        json[key] = written;
        var values = ImmutableArray.CreateBuilder<T>();
        for (var index = 0; index < list.Count; index++)
        {
            if (list[index] is HoconObject inner && read is not null)
            {
                var (reader, step, isRight) = read(inner, $"{Child(key)}[{index}]");
                written.Add(reader.Json);
                if (isRight)
                    values.Add(step!);
                continue;
            }

            if (list[index] is not HoconScalar item)
            {
                problems.Add(list[index].Origin, $"{Child(key)}[{index}]",
                    $"{ShownNode.Kind(list[index])} where a text {(read is null ? "" : "or an object ")}should be",
                    $"a list such as {example}");
                continue;
            }

            written.Add(show?.Invoke(item.Text) ?? item.Text);
            var (value, problem, allowed) = parse(item.Text);
            if (problem.Length > 0)
                problems.Add(item, $"{Child(key)}[{index}]", problem, allowed);
            else
                values.Add(value!);
        }

        return values.Count == list.Count ? values.ToImmutable() : null;
    }

    /// <summary>A reader of an object in the list of a key.</summary>
    public SettingsReader OfItem(string key, HoconObject item, string itemPath) =>
        new(item, itemPath, $"{SchemaChild(key)}[]", [], problems, keysRead, files);

    /// <summary>The items of a list, of any kind.</summary>
    public List<HoconNode>? Items(string key, string allowed)
    {
        keysRead.All.Add(SchemaChild(key));
        if (HoconLayers.AsList(fields.Fields[key]) is { } list)
        {
            RefuseKeysBesideNumbers(key);
            return list.Items;
        }

        Problem(key, $"{ShownNode.Kind(fields.Fields[key])} where a list should be", allowed);
        return null;
    }

    /// <summary>Notes a problem with a key.</summary>
    public void Problem(string key, string problem, string allowed) => problems.Add(fields.Fields[key], Child(key), problem, allowed);

    /// <summary>Notes that two keys contradict each other, at the key that was written later.</summary>
    public void Contradiction(string one, string other, string problem, string allowed)
    {
        var (first, second) = (fields.Fields[one].Origin, fields.Fields[other].Origin);
        Problem((first.Order, first.Line ?? 0).CompareTo((second.Order, second.Line ?? 0)) >= 0 ? one : other, problem, allowed);
    }

    // HOCON ignores them, but here they are typing errors.
    private void RefuseKeysBesideNumbers(string key)
    {
        foreach (var (name, value) in (fields.Fields[key] as HoconObject)?.Fields ?? [])
        {
            if (!HoconLayers.IsIndex(name, out _))
                problems.Add(value.Origin, SettingsProblems.Child(Child(key), name), "a name among the numbers of a list",
                    "only 0, 1, 2 ...");
        }
    }

    private T? Wrong<T>(string key, string problem, string allowed)
        where T : struct
    {
        Problem(key, problem, allowed);
        return null;
    }

    private string? Scalar(string key, string allowed)
    {
        keysRead.All.Add(SchemaChild(key));
        if (fields.Fields[key] is HoconScalar scalar && scalar is not { Quoted: false, Text: "null" })
            return scalar.Text;
        Problem(key, $"{ShownNode.Kind(fields.Fields[key])} does not fit here", allowed);
        return null;
    }

    private string Child(string key) => SettingsProblems.Child(path, key);

    private string SchemaChild(string key) => schemaPath.Length == 0 ? key : $"{schemaPath}.{key}";

    private static string Show(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
