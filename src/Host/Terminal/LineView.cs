using System.Globalization;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Hosting.Runs;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Terminal;

/// <summary>One plain line for each interval with news, for logs and pipes; without news, one line each half minute.</summary>
internal sealed class LineView(TextWriter writer, IReadOnlyList<Threshold> thresholds) : IRunView
{
    private const double LongestSilence = 30;

    private readonly RateWindow _rates = new();
    private string _last = "";
    private double _lastAt;

    public void Started(RunProtocol.RunStarted started) => writer.WriteLine(ForeignText.Shown(
        $"run {started.RunId} started: {string.Join(", ", started.Target.Addresses)}, transport {started.Transport.Kind} with "
        + $"{started.Transport.Loops} {(started.Transport.Loops == 1 ? "loop" : "loops")}"
        + (started.Transport.IsFallback ? $" ({started.Transport.Reason})" : "")));

    public void Measured(RunSnapshot snapshot)
    {
        var line = Line(snapshot, _rates.Add(snapshot));
        if (line == _last && snapshot.ElapsedSeconds - _lastAt < LongestSilence)
        {
            return;
        }

        (_last, _lastAt) = (line, snapshot.ElapsedSeconds);
        var at = snapshot.ElapsedSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        writer.WriteLine(ForeignText.Shown($"{at,7} s  {line}{ThresholdWords.Line(thresholds, snapshot)}"));
    }

    public void Ended(RunProtocol.RunEnded ended)
    {
    }

    public void FilesLost(string problem) => ErrorLines.Write($"actorload: the run's files are not complete: {problem}");

    /// <summary>The line of an interval, without its time.</summary>
    internal static string Line(RunSnapshot snapshot, Rates? rates)
    {
        var counts = snapshot.Connections;
        var failures = string.Join(" ", snapshot.Outcomes
            .Where(outcome => outcome.Value > 0 && outcome.Key != Outcome.Succeeded.Name())
            .Select(outcome => $"{outcome.Key}={outcome.Value}"));
        return $"{Place(snapshot.Progress)}  open {snapshot.Open} (connected {snapshot.Connected}"
            + (snapshot.Waiting > 0 ? $", waiting {snapshot.Waiting}" : "") + $")  succeeded {counts.Succeeded}  failed {counts.Failed}"
            + $"  dropped {counts.Dropped}  retries {snapshot.Retries}" + (snapshot.Cut > 0 ? $"  cut {snapshot.Cut}" : "")
            + (rates is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  started {rates.Started:0}/s  ended {rates.Ended:0}/s"))
            + Spread("connect", snapshot.Sample.Connect) + Spread("total", snapshot.Sample.Total)
            + Spread("recovery", snapshot.Sample.Recovery)
            + (failures.Length > 0 ? "  " + failures : "");
    }

    /// <summary><c>burst 3 of 10</c>, or <c>burst 3</c> if the number of bursts is unknown; <c>ramp 45 %</c> of the run in a phase of
    /// another shape.</summary>
    internal static string Place(RunProgress progress) => progress.Shape != LoadShape.Bursts.Word()
        ? $"{progress.Shape} {Figures.Percent((long)(progress.Fraction * 1000), 1000)}"
        : progress.BurstsPlanned is { } planned
        ? $"burst {progress.BurstsStarted} of {planned}"
        : $"burst {progress.BurstsStarted}";

    private static string Spread(string step, LatencySummary? latency) =>
        latency is null ? "" : $"  {step} p50/p99 {Figures.Millis(latency.P50)}/{Figures.Millis(latency.P99)} ms";
}
