namespace ActorLoad.Monitoring;

/// <summary>Keeps the highest of the values that are shown to it.</summary>
internal sealed class PeakWatch
{
    /// <summary>The highest; null if nothing was seen.</summary>
    public Peak? Peak { get; private set; }

    /// <summary>One that was not seen changes nothing.</summary>
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
