using ActorLoad.Metrics;
namespace ActorLoad.Diagnosis;

/// <summary>Why another ledger may differ from what is expected of it.</summary>
/// <param name="Fewer">So many fewer at most.</param>
/// <param name="More">So many more at most.</param>
/// <param name="Why">What is the matter with them, as the end of a sentence that begins with their number.</param>
internal sealed record KnownDifference(long Fewer, long More, string Why);

/// <summary>The count of another ledger than ActorLoad's own.</summary>
/// <param name="Count">What it counted; null if it did not.</param>
/// <param name="Expected">What it should have counted, as far as ActorLoad's own numbers go.</param>
/// <param name="Known">What may make it differ.</param>
/// <param name="Otherwise">What is likely where it counted more, and that does not suffice.</param>
internal sealed record OtherCount(long? Count, long Expected, IReadOnlyList<KnownDifference> Known, string Otherwise)
{
    /// <summary>What is likely where it counted fewer, and that does not suffice: what adds to a count never explains what it lacks.</summary>
    public required string Lacking { get; init; }

    /// <summary>How far the count lies from what can be explained.</summary>
    public long Unexplained => Count is not { } count ? 0 : Math.Max(0, Math.Max(
        Expected - Known.Sum(difference => difference.Fewer) - count, count - Expected - Known.Sum(difference => difference.More)));

    /// <summary>What explains the difference, and what it leaves; nothing if there is none.</summary>
    public IEnumerable<string> Remarks(string ledger)
    {
        if (Count is not { } count || count == Expected)
        {
            yield break;
        }

        var isFewer = count < Expected;
        foreach (var difference in Known)
        {
            if (Math.Min(isFewer ? difference.Fewer : difference.More, Math.Abs(count - Expected)) is var amount and > 0)
            {
                yield return $"{ledger} {(isFewer ? "fewer" : "more")}: up to {amount.Text()} {(amount == 1 ? Singular(difference.Why) : difference.Why)}";
            }
        }

        if (Unexplained > 0)
        {
            yield return $"{ledger} {(isFewer ? "fewer" : "more")}: {Unexplained.Text()} unexplained; perhaps {(isFewer ? Lacking : Otherwise)}";
        }
    }

    private static string Singular(string why) => why
        .Replace("are connections", "is a connection", StringComparison.Ordinal).Replace("are connects", "is a connect", StringComparison.Ordinal)
        .Replace("own connections", "own connection", StringComparison.Ordinal).Replace("own connects", "own connect", StringComparison.Ordinal)
        .Replace("are further ones", "is a further one", StringComparison.Ordinal).Replace("are SYN/ACKs for connections", "is a SYN/ACK for a connection", StringComparison.Ordinal)
        .Replace("are ", "is ", StringComparison.Ordinal).Replace("were ", "was ", StringComparison.Ordinal);
}

/// <summary>Makes rows of the reconciliation.</summary>
internal static class ReconciledRow
{
    /// <summary>A row; null where no other ledger can see the quantity.</summary>
    public static ReconciledQuantity? Of(string quantity, long client, OtherCount? server, OtherCount? kernel) =>
        server?.Count is null && kernel?.Count is null ? null : new ReconciledQuantity(
            quantity, client, server?.Count, kernel?.Count, Math.Max(server?.Unexplained ?? 0, kernel?.Unexplained ?? 0),
            string.Join("; ", [.. server?.Remarks("server") ?? [], .. kernel?.Remarks("kernel") ?? []]));
}
