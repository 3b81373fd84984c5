namespace ActorLoad.Configuration.Hocon;

/// <summary>Notes the syntax errors of one text, and finds the place after each where reading can continue.</summary>
internal sealed class HoconRecovery(HoconScanner scanner, HoconDocument document)
{
    private const int MaxErrors = 20;

    private int _errors;

    /// <summary>True if there are so many errors that more do not help.</summary>
    public bool GaveUp => _errors >= MaxErrors || document.IsSpent;

    /// <summary>True when a bracket was skipped or is missing.</summary>
    public bool StructureLost { get; private set; }

    /// <summary>Parses; an error ends it.</summary>
    public void Guard(Action parse)
    {
        try
        {
            parse();
        }
        catch (HoconSyntaxException error)
        {
            Report(error);
        }
    }

    /// <summary>Parses one item; after an error skips the rest of it, at least one character.</summary>
    public void GoOn(Action parse)
    {
        var start = scanner.Position;
        try
        {
            parse();
        }
        catch (HoconSyntaxException error)
        {
            Report(error);
            SkipItem();
            if (scanner.Position == start && !scanner.AtEnd && scanner.Take() is '}' or ']')
                LoseStructure();
        }
    }

    /// <summary>Notes an unmatched bracket, unless it follows from another error.</summary>
    public void Unclosed(int? opened, char open, char close)
    {
        if (opened is not { } line || StructureLost || GaveUp)
            return;
        Report(new HoconSyntaxException(line, $"\"{open}\" is never closed", $"\"{close}\""));
        LoseStructure();
    }

    private void Report(HoconSyntaxException error)
    {
        _errors++;
        if (document.IsSpent)
            LoseStructure();
        document.Report(error);
    }

    private void LoseStructure()
    {
        StructureLost = true;
        document.LoseStructure();
    }

    private void SkipItem()
    {
        var nested = 0;
        while (!scanner.AtEnd)
        {
            switch (scanner.Next)
            {
                case '\n':
                    if (nested > 0)
                        LoseStructure();
                    return;
                case ',' when nested == 0:
                    scanner.Take();
                    return;
                case '{' or '[':
                    nested++;
                    break;
                case '}' or ']':
                    if (nested-- == 0)
                        return;
                    break;
                default:
                    break;
            }

            scanner.Take();
        }
    }
}
