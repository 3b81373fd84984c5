namespace ActorLoad.Observers.Kernel;

/// <summary>What could not be seen, in sentences: one for each subject, the first that was said of it.</summary>
public sealed class UnseenNotes
{
    private readonly HashSet<string> _subjects = new(StringComparer.Ordinal);
    private readonly List<string> _sentences = [];

    /// <summary>In the order in which they were said.</summary>
    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Says it, if nothing was said of that subject before: a file that is gone is gone at every reading.</summary>
    public void Add(string subject, string sentence)
    {
        if (_subjects.Add(subject))
        {
            _sentences.Add(sentence);
        }
    }
}
