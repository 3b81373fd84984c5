using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>The colours of outcomes, the same in terminal, report and page. Okabe and Ito's eight, which the colour-blind can tell apart;
/// a rarer outcome shares one with a common one. An outcome's name always stands beside its colour.</summary>
internal static class OutcomeColours
{
    /// <summary>The name of connections that were not started.</summary>
    public const string Dropped = "dropped";

    private const string Grey = "#7d8894";

    /// <summary>The colour on a dark ground as <c>#rrggbb</c>; null for the colour of text.</summary>
    /// <param name="name">An outcome's name, or <see cref="Dropped"/>.</param>
    public static string? OnDark(string name) =>
        Outcomes.TryParse(name, out var outcome) ? OnDark(outcome) : name == Dropped ? Grey : null;

    private static string? OnDark(Outcome outcome) => outcome switch
    {
        Outcome.Succeeded => "#12b083",
        Outcome.Refused or Outcome.Unreachable => "#e8701a",
        Outcome.Reset or Outcome.LocalExhausted => "#d98fb8",
        Outcome.ConnectTimeout or Outcome.TlsFailed => "#3b93d3",
        Outcome.ReplyTimeout => "#6fc1f0",
        Outcome.PeerClosed => "#f0e442",
        Outcome.Rejected or Outcome.ProtocolError => "#f0ad1c",
        Outcome.Cancelled => Grey,
        _ => null,
    };
}
