namespace ActorLoad.Monitoring;

/// <summary>Keeps the highest value.</summary>
internal sealed class PeakWatch
{
    /// <summary>The highest value; null without any.</summary>
    public Peak? Peak { get; private set; }

    /// <summary>Adds a value; null changes nothing.</summary>
    public void Add(double? value, DateTimeOffset at)
    {
        if (value is { } seen && (Peak is null || seen > Peak.Value))
        {
            Peak = new Peak(seen, at);
        }
    }

    /// <summary>One for each of <paramref name="count"/> values.</summary>
    public static PeakWatch[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => new PeakWatch())];
}
