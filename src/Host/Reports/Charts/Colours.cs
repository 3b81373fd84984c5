using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>The colours of outcomes, the same everywhere. Okabe and Ito have eight that the colour-blind can tell apart; the rarer outcomes
/// have one of them with a pattern.</summary>
internal static class Colours
{
    /// <summary>Of series without an outcome.</summary>
    public static IReadOnlyList<string> Series { get; } =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];

    /// <summary>The pattern of an outcome; null for a plain colour.</summary>
    public static string? Pattern(Outcome outcome) => outcome switch
    {
        Outcome.ProtocolError => "/",
        Outcome.TlsFailed => "\\",
        Outcome.Unreachable => "x",
        Outcome.LocalExhausted => ".",
        _ => null,
    };
}
