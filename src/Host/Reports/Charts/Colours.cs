using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports.Charts;

/// <summary>The colours of series without an outcome, and the patterns of the rarer outcomes, which share a colour: see
/// <see cref="OutcomeColours"/>.</summary>
internal static class Colours
{
    /// <summary>Names of colours, of which report.css has the values.</summary>
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
