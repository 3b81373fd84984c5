namespace ActorLoad.Observers.Kernel;

/// <summary>What could not be seen, in sentences: one for each subject, the first that was added.</summary>
public sealed class UnseenNotes
{
    private readonly HashSet<string> _subjects = new(StringComparer.Ordinal);
    private readonly List<string> _sentences = [];

    /// <summary>In the order in which they were added.</summary>
    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Adds a sentence, unless its subject has one: a missing file is missing at every reading.</summary>
    public void Add(string subject, string sentence)
    {
        if (_subjects.Add(subject))
        {
            _sentences.Add(sentence);
        }
    }
}
