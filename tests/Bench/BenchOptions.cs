namespace ActorLoad.Bench;

/// <summary>What to measure and how long.</summary>
/// <param name="Bursts">Burst sizes of the storms.</param>
/// <param name="Connections">Connections of each storm, rounded down to whole bursts, at least one.</param>
/// <param name="Rounds">How often each storm is repeated.</param>
/// <param name="Only">Cells to measure; empty measures all but <c>long</c>.</param>
/// <param name="Long">Connections of the long run; 0 leaves it out.</param>
/// <param name="Tiny">Small counts: a check that everything works, no figure of it means anything.</param>
/// <param name="Transport"><c>transport.kind</c> of ActorLoad in every cell.</param>
/// <param name="Out">Where the JSON goes; null writes none.</param>
/// <param name="Markdown">Where the tables for docs/performance.md go; null writes none.</param>
/// <param name="Plot">Where the plot of cost against open connections goes (SVG); null draws none.</param>
internal sealed record BenchOptions(
    IReadOnlyList<int> Bursts, int Connections, int Rounds, IReadOnlyList<string> Only, int Long, bool Tiny, FileInfo? Out, FileInfo? Markdown, FileInfo? Plot, string Transport)
{
    /// <summary>The transport that runs everywhere.</summary>
    public const string Portable = "sockets";

    /// <summary>What a user gets who asks for nothing.</summary>
    public const string Automatic = "auto";

    /// <summary>Names of the cells; <c>storm</c> stands for all burst sizes.</summary>
    public static readonly IReadOnlyList<string> Cells = ["storm", "hold", "refused", "first-syn", "first-burst", "pace", "rate", "tls", "observers", "long", "first-line", "get"];

    /// <summary>What each connection does, in ActorLoad and in its peers.</summary>
    public static readonly IReadOnlyList<string> Script = ["PING", "GET foo", "SET foo {burst}:{client}"];

    public int Held => Tiny ? 600 : 19_000;

    public TimeSpan Hold => TimeSpan.FromSeconds(Tiny ? 1 : 5);

    /// <summary>Ten seconds of bursts in each millisecond.</summary>
    public int PacedBursts => Tiny ? 200 : 10_000;

    /// <summary>Seconds of a steady rate.</summary>
    public int RateSeconds => Tiny ? 2 : 10;

    public int TlsConnections => Tiny ? 200 : 10_000;

    public int TlsHeld => Tiny ? 600 : 10_000;

    /// <summary>Connections that do nothing while their sockets are counted.</summary>
    public int Resting => Tiny ? 200 : 10_000;

    public TimeSpan Rest => TimeSpan.FromSeconds(Tiny ? 4 : 10);

    public int Refused => Tiny ? 100 : 8_000;

    public int LongRun => Tiny ? 5_000 : Long > 0 ? Long : 1_000_000;

    public int LongRunBurst => Tiny ? 100 : 1_000;

    /// <summary>Is this cell to be measured?</summary>
    public bool Has(string cell) => Only.Count > 0 ? Only.Contains(cell) : cell != "long" || Long > 0 || Tiny;
}
