namespace ActorLoad.Runs;

/// <summary>The verdict on a run that goes on, with its reasons.</summary>
internal sealed class RunVerdict
{
    private readonly List<string> _reasons = [];

    /// <summary>The worst so far.</summary>
    public Verdict Worst { get; private set; } = Verdict.Valid;

    /// <summary>Why, in the order in which it was noted.</summary>
    public IReadOnlyList<string> Reasons => _reasons;

    /// <summary>Adds a reason, once. The worst verdict stands.</summary>
    public void Note(Verdict verdict, string reason)
    {
        Worst = verdict > Worst ? verdict : Worst;
        if (!_reasons.Contains(reason))
        {
            _reasons.Add(reason);
        }
    }
}
