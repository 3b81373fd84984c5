namespace ActorLoad.Configuration.Hocon;

/// <summary>The context of one text: its name, its place among the sources, and the source of its includes.</summary>
internal sealed class HoconDocument
{
    private const int MaxIncludeDepth = 16;
    private const int MaxIncludes = 100;
    private const int MaxCharacters = 16 << 20;

    private readonly SettingsProblems _problems;
    private readonly Counter _counter;
    private readonly FileLayer? _file;
    private readonly HoconDocument? _includedBy;
    private readonly string _name;
    private readonly string _key;
    private readonly int _order;

    private HoconDocument(
        SettingsProblems problems, Counter counter, string name, string key, FileLayer? file, HoconDocument? includedBy,
        int depth, string[] prefix)
    {
        (_problems, _counter, _name, _key, _file, _includedBy) = (problems, counter, name, key, file, includedBy);
        Variable = file?.Variable;
        (Depth, Prefix) = (depth, prefix);
        _order = counter.Sources++;
    }

    /// <summary>Nesting of this text's include.</summary>
    public int Depth { get; }

    /// <summary>The path of the object that includes this text.</summary>
    public string[] Prefix { get; }

    /// <summary>Resolves a <c>${NAME}</c> of this text from the environment; null where that is forbidden.</summary>
    public Func<string, string?>? Variable { get; private init; }

    /// <summary>True if all texts together have more values than allowed.</summary>
    public bool IsSpent => _counter.Values > HoconBudget.MaxValues;

    /// <summary>Reads the layers of one configuration in turn; the order of the calls is the order of errors.</summary>
    /// <param name="problems">Gets the errors.</param>
    /// <param name="formOf">The form of an option's value, by its key's path in the schema; null means HOCON.</param>
    public static Func<ConfigLayer, HoconObject> Reader(SettingsProblems problems, Func<string, ValueForm>? formOf = null)
    {
        var counter = new Counter();
        return layer => layer switch
        {
            FileLayer file => new HoconDocument(problems, counter, file.Name, "", file, null, 0, []).Parse(),
            OverrideLayer option => OverridePath.Parse(
                option,
                new(problems, counter, option.Source, OverridePath.Show(option.Path), null, null, 0, []) { Variable = option.Variable },
                formOf ?? (_ => ValueForm.Hocon)),
            _ => throw new ArgumentException($"no such layer: {layer.GetType().Name}", nameof(layer)),
        };
    }

    /// <summary>The origin of a line.</summary>
    public HoconOrigin At(int line) => new(_order, _name, _file is null ? null : line, _file is null);

    public void Report(HoconSyntaxException error) => _problems.Add(At(error.Line), _key, error.Message, Expected(error.Expected));

    public void LoseStructure() => _problems.StructureLost = true;

    /// <summary>Counts one more value; false if it is one too many.</summary>
    public bool CountValue() => ++_counter.Values <= HoconBudget.MaxValues;

    /// <summary>Notes a problem with the whole text.</summary>
    public void Report(string problem, string allowed) => _problems.Add(At(1), _key, problem, allowed);

    /// <summary>Reads an included file; null, with a problem noted, if that fails.</summary>
    public HoconObject? Include(string name, int line, int depth, string[] where)
    {
        var shown = $"include {ShownText.Quote(name)}";
        if (_file?.Include is not { } open)
            return Refuse(line, $"{shown}: includes are not allowed here", "everything in one text");
        if (_counter.Includes++ >= MaxIncludes)
            return Refuse(line, $"{shown}: too many includes", $"at most {MaxIncludes}");
        FileLayer file;
        try
        {
            file = open(name);
        }
        catch (SettingsException missing)
        {
            foreach (var error in missing.Errors)
                _problems.Add(_order, error);
            return null;
        }

        var chain = 0;
        for (var at = this; at is not null; at = at._includedBy, chain++)
        {
            if (at._name == file.Name)
                return Refuse(line, $"{shown}: {file.Name} includes itself", "no circle of includes");
        }

        if (chain > MaxIncludeDepth)
            return Refuse(line, $"{shown}: includes are nested too deeply", $"at most {MaxIncludeDepth} levels");
        return new HoconDocument(_problems, _counter, file.Name, "", file, this, depth, where).Parse();
    }

    private HoconObject Parse()
    {
        var isTold = _counter.Characters > MaxCharacters;
        if ((_counter.Characters += _file!.Text.Length) <= MaxCharacters)
            return new HoconParser(_file.Text, this).ParseFile();
        if (isTold)
            return new HoconObject(At(1));
        Report("too much text in all files together", $"at most {MaxCharacters} characters");
        LoseStructure();
        return new HoconObject(At(1));
    }

    private static string Expected(string expected) => expected.Length == 0 ? "" : $"expected {expected}";

    private HoconObject? Refuse(int line, string problem, string allowed)
    {
        _problems.Add(At(line), "", problem, allowed);
        return null;
    }

    private sealed class Counter
    {
        public int Sources { get; set; }

        public int Includes { get; set; }

        public int Values { get; set; }

        public long Characters { get; set; }
    }
}
