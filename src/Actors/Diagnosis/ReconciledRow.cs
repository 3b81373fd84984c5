using ActorLoad.Metrics;
namespace ActorLoad.Diagnosis;

/// <summary>A known difference between a ledger and its expected count.</summary>
/// <param name="Fewer">The most that it may lack.</param>
/// <param name="More">The most that it may have too many.</param>
/// <param name="Why">The cause, as the end of a sentence that begins with the number.</param>
internal sealed record KnownDifference(long Fewer, long More, string Why);

/// <summary>A count of the server or the kernel, next to its expected value.</summary>
/// <param name="Count">The count; null without one.</param>
/// <param name="Expected">The expected count, from ActorLoad's own numbers.</param>
/// <param name="Known">Known differences.</param>
/// <param name="Otherwise">The likely cause if it counted more than these explain.</param>
internal sealed record OtherCount(long? Count, long Expected, IReadOnlyList<KnownDifference> Known, string Otherwise)
{
    /// <summary>The likely cause if it counted fewer than these explain.</summary>
    public required string Lacking { get; init; }

    /// <summary>The part of the difference without an explanation.</summary>
    public long Unexplained => Count is not { } count ? 0 : Math.Max(0, Math.Max(
        Expected - Known.Sum(difference => difference.Fewer) - count, count - Expected - Known.Sum(difference => difference.More)));

    /// <summary>The explanations, and what they leave; empty without a difference.</summary>
    public IEnumerable<string> Remarks(string ledger)
    {
        if (Count is not { } count || count == Expected)
        {
            yield break;
        }

        var isFewer = count < Expected;
        var sign = $"{ledger} {(isFewer ? "fewer" : "more")}";
        foreach (var difference in Known)
        {
            if (Math.Min(isFewer ? difference.Fewer : difference.More, Math.Abs(count - Expected)) is var amount and > 0)
            {
                yield return $"{sign}: up to {amount.Text()} {(amount == 1 ? Singular(difference.Why) : difference.Why)}";
            }
        }

        if (Unexplained > 0)
        {
            yield return $"{sign}: {Unexplained.Text()} unexplained; perhaps {(isFewer ? Lacking : Otherwise)}";
        }
    }

    private static readonly (string Many, string One)[] _singulars =
    [
        ("are connections", "is a connection"), ("are connects", "is a connect"), ("own connections", "own connection"),
        ("own connects", "own connect"), ("are further retransmits", "is a further retransmit"),
        ("are SYN/ACKs for connections", "is a SYN/ACK for a connection"), ("belong to", "belongs to"), ("are ", "is "), ("were ", "was "),
    ];

    private static string Singular(string why) =>
        _singulars.Aggregate(why, (words, each) => words.Replace(each.Many, each.One, StringComparison.Ordinal));
}

/// <summary>Makes rows of the reconciliation.</summary>
internal static class ReconciledRow
{
    /// <summary>A row; null if no other ledger sees the quantity.</summary>
    public static ReconciledQuantity? Of(string quantity, long client, OtherCount? server, OtherCount? kernel) =>
        server?.Count is null && kernel?.Count is null ? null : new ReconciledQuantity(
            quantity, client, server?.Count, kernel?.Count, Math.Max(server?.Unexplained ?? 0, kernel?.Unexplained ?? 0),
            string.Join("; ", [.. server?.Remarks("server") ?? [], .. kernel?.Remarks("kernel") ?? []]));
}
