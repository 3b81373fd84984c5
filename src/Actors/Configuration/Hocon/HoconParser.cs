namespace ActorLoad.Configuration.Hocon;

/// <summary>Reads one HOCON text. Strict where a mistake would otherwise go unnoticed. Continues after an error to find more
/// errors.</summary>
/// <remarks>
/// A parser of our own, because Akka's silently accepts unclosed braces, can hang on broken input, overflows the stack on deep
/// nesting and keeps no line numbers. Run files are written by hand and also come over the network.
/// </remarks>
internal sealed class HoconParser
{
    /// <summary>Most objects and lists inside each other, dotted keys counted.</summary>
    public const int MaxDepth = 32;

    private readonly HoconDocument _document;
    private readonly HoconScanner _scanner;
    private readonly HoconRecovery _recovery;
    private readonly List<string> _where;

    public HoconParser(string text, HoconDocument document)
    {
        _document = document;
        _scanner = new HoconScanner(text);
        _recovery = new HoconRecovery(_scanner, document);
        _where = [.. document.Prefix];
    }

    /// <summary>The fields of a whole file, with or without braces around them.</summary>
    public HoconObject ParseFile()
    {
        var root = new HoconObject(Here());
        _recovery.Guard(() =>
        {
            _scanner.TakeBlankLines();
            if (_scanner.Is('['))
                throw _scanner.Error("the file is a list", "an object with its keys under \"actorload\"");
            if (!_scanner.Is('{'))
            {
                ParseFields(root, null, _document.Depth);
                return;
            }

            ParseBraced(root, _document.Depth);
            _scanner.TakeBlankLines();
            if (!_scanner.AtEnd && !_recovery.StructureLost)
                throw _scanner.Error($"{_scanner.NextShown} after the closing brace of the file", "nothing");
        });
        return root;
    }

    /// <summary>One value that is the whole text; null after an error.</summary>
    public HoconNode? ParseValue()
    {
        HoconNode? value = null;
        _recovery.Guard(() =>
        {
            _scanner.TakeBlankLines();
            value = ParseValue(0);
            _scanner.TakeBlankLines();
            if (!_scanner.AtEnd)
                throw _scanner.Error($"{_scanner.NextShown} after the value", "one value");
        });
        return value;
    }

    private HoconOrigin Here(int? line = null) => _document.At(line ?? _scanner.Line);

    private void ParseBraced(HoconObject into, int depth)
    {
        var opened = _scanner.Line;
        _scanner.Take();
        ParseFields(into, opened, depth);
    }

    /// <summary>Fields up to the closing brace (taken) if <paramref name="opened"/> is the line of an opening one, else up to the
    /// end.</summary>
    private void ParseFields(HoconObject into, int? opened, int depth)
    {
        while (true)
        {
            _scanner.TakeBlankLines();
            if (_scanner.AtEnd || _recovery.GaveUp)
            {
                _recovery.Unclosed(opened, '{', '}');
                return;
            }

            if (opened is not null && _scanner.Is('}'))
            {
                _scanner.Take();
                return;
            }

            _recovery.GoOn(() =>
            {
                ParseField(into, depth);
                EndOfItem('}', opened is not null);
            });
        }
    }

    private HoconArray ParseArray(int depth)
    {
        var opened = _scanner.Line;
        var list = new HoconArray(Here(), []);
        _scanner.Take();
        while (true)
        {
            _scanner.TakeBlankLines();
            if (_scanner.AtEnd || _scanner.Is('}') || _recovery.GaveUp)
            {
                _recovery.Unclosed(opened, '[', ']');
                return list;
            }

            if (_scanner.Is(']'))
            {
                _scanner.Take();
                return list;
            }

            _recovery.GoOn(() =>
            {
                list.Items.Add(ParseValue(depth));
                EndOfItem(']', true);
            });
        }
    }

    // A comma, a new line, or a new line and then a comma.
    private void EndOfItem(char close, bool closable)
    {
        _scanner.TakeBlanks();
        var isLineOver = _scanner.AtLineEnd;
        if (isLineOver)
            _scanner.TakeBlankLines();
        if (_scanner.TryTake(",") || isLineOver || (closable && _scanner.Is(close)))
            return;
        throw _scanner.Error($"{_scanner.NextShown} after a value",
            $"a comma, a new line{(closable ? $" or \"{close}\"" : "")}; special characters need double quotes");
    }

    private void ParseField(HoconObject into, int depth)
    {
        if (TryParseInclude(into, depth))
            return;
        var line = _scanner.Line;
        var path = HoconPath.Take(_scanner);
        if (depth + path.Length > MaxDepth)
            throw _scanner.Error("nested too deeply", $"at most {MaxDepth} levels");
        var value = ParseFieldValue(path, depth + path.Length);
        for (var last = path.Length - 1; last > 0; last--)
        {
            CountValue();
            var holder = new HoconObject(Here(line));
            holder.Put(path[last], value);
            value = holder;
        }

        into.Put(path[0], value);
    }

    private HoconNode ParseFieldValue(string[] path, int depth)
    {
        var append = HoconPath.TakeSign(_scanner);
        var line = _scanner.Line;
        _scanner.TakeBlankLines();
        var isBelow = _scanner.Line > line;
        if (_scanner.AtEnd || (isBelow && _scanner.Next is ',' or '}' or ']'))
            throw NoValue(line);
        var level = _where.Count;
        _where.AddRange(path);
        try
        {
            var value = ParseValue(depth, isBelow ? line : null);
            return append ? new HoconItem(value.Origin, null, value) : value;
        }
        finally
        {
            _where.RemoveRange(level, path.Length);
        }
    }

    private static HoconSyntaxException NoValue(int line) => new(line, "a key without a value", "a value");

    private bool TryParseInclude(HoconObject into, int depth)
    {
        var line = _scanner.Line;
        if (!HoconPath.TryTakeInclude(_scanner, out var name))
            return false;
        if (_document.Include(name, line, depth, [.. _where]) is { } included)
            into.PutAll(included);
        return true;
    }

    /// <summary>One value; <paramref name="keyLine"/> is the line of a key on an earlier line.</summary>
    private HoconNode ParseValue(int depth, int? keyLine = null)
    {
        var origin = Here();
        var parts = new List<(string Gap, HoconNode Value)>();
        while (true)
        {
            var gap = _scanner.TakeBlanks();
            if (_scanner.AtLineEnd || _scanner.Next is ',' or '}' or ']')
                break;
            // After "hold =" and a new line, the next text is the next key.
            if (keyLine is { } line && parts.Count > 0 && (_scanner.Next is '=' or ':' || _scanner.StartsWith("+=")))
                throw NoValue(line);
            parts.Add((gap, ParsePart(depth)));
        }

        return parts.Count switch
        {
            0 => throw _scanner.Error($"{_scanner.NextShown} where a value should be", "a value; special characters need double quotes"),
            1 => parts[0].Value,
            _ => new HoconConcat(origin, parts),
        };
    }

    private void CountValue()
    {
        if (!_document.CountValue())
            throw _scanner.Error("more values than a run file may have", $"at most {HoconBudget.MaxValues}");
    }

    private HoconNode ParsePart(int depth)
    {
        var origin = Here();
        CountValue();
        switch (_scanner.Next)
        {
            case '{' or '[' when depth >= MaxDepth:
                throw _scanner.Error("nested too deeply", $"at most {MaxDepth} levels");
            case '{':
                var fields = new HoconObject(origin);
                ParseBraced(fields, depth);
                return fields;
            case '[':
                return ParseArray(depth + 1);
            case '"':
                return new HoconScalar(origin, _scanner.TakeQuoted(), true);
            case '$':
                return HoconPath.TakeReference(_scanner, origin, _document, [.. _where]);
            default:
                var word = _scanner.TakeWord();
                return word.Length > 0
                    ? new HoconScalar(origin, word, false)
                    : throw _scanner.Error($"{_scanner.NextShown} in a value without quotes", "the value in double quotes");
        }
    }
}
