namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>How much of a run the live view covers: all of it, or the newest seconds.</summary>
/// <param name="Seconds">The newest seconds; null for the whole run.</param>
internal sealed record LiveWindow(double? Seconds)
{
    private static readonly double[] _lengths = [1, 5, 15, 60, 300, 900];

    /// <summary>All of it.</summary>
    public static LiveWindow Run { get; } = new((double?)null);

    /// <summary>In words.</summary>
    public string Words => Seconds is { } seconds ? $"last {Figures.Span(TimeSpan.FromSeconds(seconds))}" : "whole run";

    /// <summary>Its length in a run of this age.</summary>
    public double Within(double age) => Math.Min(Seconds ?? age, age);

    /// <summary>The next longer one.</summary>
    public LiveWindow Longer(double age) =>
        _lengths.Where(length => length > Seconds && length < age).Select(length => new LiveWindow(length)).FirstOrDefault() ?? Run;

    /// <summary>The next shorter one, which shows less than now.</summary>
    public LiveWindow Shorter(double age) =>
        _lengths.Where(length => length < (Seconds ?? age)).Select(length => new LiveWindow(length)).LastOrDefault() ?? this;
}
