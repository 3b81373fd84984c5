namespace ActorLoad.Hosting.Runs;

/// <summary>What a probe says of its value.</summary>
internal enum ProbeAnswer
{
    /// <summary>Every threshold is met.</summary>
    Passed,

    /// <summary>A threshold is not met.</summary>
    Failed,

    /// <summary>The figures describe this machine, or the storm was not carried out whole.</summary>
    Unbelieved,
}

/// <summary>Why a value is probed.</summary>
internal enum ProbePurpose
{
    /// <summary>To make generator and server ready; not judged.</summary>
    WarmUp,

    /// <summary>To learn whether it passes.</summary>
    Search,

    /// <summary>Once more, because the probe before could not be believed.</summary>
    Repetition,

    /// <summary>Once more, because it is the highest value that passed.</summary>
    Confirmation,
}

/// <summary>Finds the highest value that passes, from 1 on: doubling until one does not (or halving until one does), then bisection, then
/// a second probe of the value found. Decides from the answers alone which value comes next.</summary>
/// <remarks>A value that failed once has failed, and so have all above it, whatever an earlier probe of them said. One that could not be
/// believed is probed again; twice in a row counts like a failure.</remarks>
/// <param name="start">The first value, 1 to <paramref name="most"/>.</param>
/// <param name="most">The highest value.</param>
internal sealed class Bisection(int start, int most)
{
    // The search ends when the gap to the next value that does not pass is 5 % of the value found, or 1.
    private const int Parts = 20;
    private const int Confirmed = 2;

    private readonly List<(int Value, ProbeAnswer Answer)> _answers = [];

    /// <summary>The highest value that passed, below all that did not; null if there is none.</summary>
    public int? Found
    {
        get
        {
            var limit = Beyond ?? int.MaxValue;
            return _answers.Where(probe => probe.Answer == ProbeAnswer.Passed && probe.Value < limit).Max(probe => (int?)probe.Value);
        }
    }

    /// <summary>The lowest value that did not pass; null if there is none.</summary>
    public int? Beyond => _answers.Select(probe => probe.Value).Distinct().Where(HasEnded).Min(value => (int?)value);

    /// <summary>True if the value found has passed twice.</summary>
    public bool IsConfirmed => Found is { } found && _answers.Count(probe => probe == (found, ProbeAnswer.Passed)) >= Confirmed;

    /// <summary>The next probe; null if the search is over.</summary>
    public (int Value, ProbePurpose Purpose)? Next
    {
        get
        {
            if (_answers is [.., (var last, ProbeAnswer.Unbelieved)] && !HasEnded(last))
            {
                return (last, ProbePurpose.Repetition);
            }

            return (Found, Beyond) switch
            {
                (null, null) => (start, ProbePurpose.Search),
                (null, 1) => null,
                (null, { } beyond) => (beyond / 2, ProbePurpose.Search),
                ({ } found, null) when found < most => ((int)Math.Min(2L * found, most), ProbePurpose.Search),
                ({ } found, { } beyond) when beyond - found > Math.Max(1, found / Parts) =>
                    (found + ((beyond - found) / 2), ProbePurpose.Search),
                ({ } found, _) => IsConfirmed ? null : (found, ProbePurpose.Confirmation),
            };
        }
    }

    /// <summary>Takes the answer of the probe that <see cref="Next"/> asked for.</summary>
    public void Add(ProbeAnswer answer)
    {
        var (value, _) = Next ?? throw new InvalidOperationException("the search is over");
        _answers.Add((value, answer));
    }

    private bool HasEnded(int value)
    {
        ProbeAnswer[] answers = [.. _answers.Where(probe => probe.Value == value).Select(probe => probe.Answer)];
        return answers.Contains(ProbeAnswer.Failed)
            || answers.Zip(answers.Skip(1)).Contains((ProbeAnswer.Unbelieved, ProbeAnswer.Unbelieved));
    }
}
