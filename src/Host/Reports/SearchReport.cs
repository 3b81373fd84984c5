using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Reports;

/// <summary>Why a search has ended.</summary>
internal enum SearchEnd
{
    /// <summary>It still goes on, or its process was killed.</summary>
    Running,

    /// <summary>Its value is found, or there is none.</summary>
    Done,

    /// <summary>A signal.</summary>
    Interrupted,

    /// <summary>Its time was up (<c>--for</c>).</summary>
    TimeUp,

    /// <summary>The target can no longer be used, or a probe did not begin.</summary>
    Aborted,
}

/// <summary>A search so far.</summary>
/// <param name="Load">What was changed.</param>
/// <param name="Start">The first value.</param>
/// <param name="Most">The highest value (<c>--max</c>).</param>
/// <param name="Limit">The longest time (<c>--for</c>).</param>
/// <param name="Probes">All probes, in order. The first is the warm-up.</param>
/// <param name="Found">The highest value that passed; null for none.</param>
/// <param name="Beyond">The lowest value that did not; null for none.</param>
/// <param name="IsConfirmed">True if the value found has passed twice.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Problem">What aborted it; else null.</param>
internal sealed record SearchReport(
    SearchedLoad Load, int Start, int Most, TimeSpan Limit, IReadOnlyList<Probe> Probes, int? Found, int? Beyond, bool IsConfirmed,
    SearchEnd End, string? Problem)
{
    /// <summary>The last probe of the value found.</summary>
    public Probe? Best => Probes.LastOrDefault(probe => probe.Purpose != ProbePurpose.WarmUp && probe.Value == Found);

    /// <summary>The probe that shows why no more is possible; null without one.</summary>
    public Probe? Limiting => Probes.LastOrDefault(probe =>
        probe.Purpose != ProbePurpose.WarmUp && probe.Value == Beyond && probe.Answer != ProbeAnswer.Passed);

    /// <summary>The judged probes by value: the curve.</summary>
    public IEnumerable<Probe> Curve => Probes.Where(probe => probe.Purpose != ProbePurpose.WarmUp)
        .OrderBy(probe => probe.Value).ThenBy(probe => probe.Number);

    /// <summary>The answer, in sentences without their last full stop.</summary>
    public IReadOnlyList<string> Sentences => [.. new[] { Answer, Ending }.OfType<string>(), .. Limits];

    private string Answer => (Found, Beyond) switch
    {
        (null, null) => "No probe has ended, so nothing was found",
        (null, 1) => $"Nothing was found: even {Load.Tell(1)} {(Limiting?.Doubt is null ? "fails" : "cannot be believed")}",
        (null, { } beyond) => $"Nothing was found yet: {Load.Tell(beyond)} {(Limiting?.Doubt is null ? "fails" : "cannot be believed")}",
        ({ } found, null) when found == Most =>
            $"At least {Load.Tell(found)}: that is the highest value that was allowed ({Bound}){Confirmed}",
        ({ } found, _) when End != SearchEnd.Done => $"At least {Load.Tell(found)}{Confirmed}",
        ({ } found, _) when Limiting?.Doubt is not null => $"At least {Load.Tell(found)}{Confirmed}; beyond it this machine is the limit",
        ({ } found, _) => $"{Load.Tell(found)}{Confirmed}",
    };

    private string Bound => Most == Load.Most ? Load.Bound : "--max";

    private string Confirmed => IsConfirmed ? ", confirmed by a second probe" : ", not confirmed";

    private string? Ending => End switch
    {
        SearchEnd.Interrupted => "The search was stopped before it was done",
        SearchEnd.TimeUp => $"The search was not done after {Figures.Span(Limit)} (--for)",
        SearchEnd.Aborted => $"The search was given up: {Problem}",
        _ => null,
    };

    private IEnumerable<string> Limits
    {
        get
        {
            if (Limiting is not { } limiting)
            {
                yield break;
            }

            var at = Load.Number(limiting.Value);
            if (limiting.Doubt is { } doubt)
            {
                yield return $"At {at}, the figures cannot be believed: {doubt.TrimEnd('.')}";
            }

            if (limiting.Broken is [var first, ..] broken)
            {
                var others = broken.Count > 2 ? $"; {broken.Count - 1} others break with it"
                    : broken.Count == 2 ? $"; `{broken[1].Expression}` breaks with it" : "";
                yield return $"At {at}, `{first.Expression}` breaks first: it is {first.Value}{others}";
            }

            if (limiting.Explanation(Best) is { } finding && limiting.Doubt?.TrimEnd('.') != finding.Sentence.TrimEnd('.'))
            {
                var setting = finding.Remedies.FirstOrDefault(remedy => remedy.Present is not null) is { } remedy
                    ? $" ({remedy.Key} {remedy.Present})" : "";
                yield return $"{finding.Rule}{setting}: {finding.Sentence.TrimEnd('.')}";
            }
        }
    }
}
