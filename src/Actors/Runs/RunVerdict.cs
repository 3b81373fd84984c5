namespace ActorLoad.Runs;

/// <summary>The verdict so far on a running run, with its reasons.</summary>
internal sealed class RunVerdict
{
    private readonly List<string> _reasons = [];

    /// <summary>The worst so far.</summary>
    public Verdict Worst { get; private set; } = Verdict.Valid;

    /// <summary>The reasons, in the order of their notes.</summary>
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
