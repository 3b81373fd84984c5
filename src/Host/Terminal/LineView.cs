using System.Globalization;
using ActorLoad.Hosting.Runs;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Terminal;

/// <summary>One plain line for each interval, for logs and pipes.</summary>
internal sealed class LineView(TextWriter writer) : IRunView
{
    public void Started(RunProtocol.RunStarted started) => writer.WriteLine(ForeignText.Shown(
        $"run {started.RunId} started: {string.Join(", ", started.Target.Addresses)}, transport {started.Transport.Kind} with "
        + $"{started.Transport.Loops} {(started.Transport.Loops == 1 ? "loop" : "loops")}"
        + (started.Transport.IsFallback ? $" ({started.Transport.Reason})" : "")));

    public void Measured(RunSnapshot snapshot) => writer.WriteLine(ForeignText.Shown(Line(snapshot)));

    public void Ended(RunProtocol.RunEnded ended)
    {
    }

    public void FilesLost(string problem) => ErrorLines.Write($"actorload: the run's files are not complete: {problem}");

    /// <summary>The line of an interval.</summary>
    internal static string Line(RunSnapshot snapshot)
    {
        var counts = snapshot.Connections;
        var time = snapshot.ElapsedSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        var failures = string.Join(" ", snapshot.Outcomes
            .Where(outcome => outcome.Value > 0 && outcome.Key != Outcome.Succeeded.Name())
            .Select(outcome => $"{outcome.Key}={outcome.Value}"));
        return $"{time,7} s  {Bursts(snapshot.Progress)}  open {snapshot.Open}  succeeded {counts.Succeeded}  failed {counts.Failed}"
            + $"  dropped {counts.Dropped}  retries {snapshot.Retries}  rate {snapshot.Sample.RatePerSecond:0}/s"
            + Spread("connect", snapshot.Sample.Connect) + Spread("total", snapshot.Sample.Total)
            + (failures.Length > 0 ? "  " + failures : "");
    }

    /// <summary><c>burst 3 of 10</c>, or <c>burst 3</c> when nobody knows of how many.</summary>
    internal static string Bursts(RunProgress progress) => progress.BurstsPlanned is { } planned
        ? $"burst {progress.BurstsStarted} of {planned}"
        : $"burst {progress.BurstsStarted}";

    private static string Spread(string step, LatencySummary? latency) =>
        latency is null ? "" : $"  {step} p50/p99 {Figures.Millis(latency.P50)}/{Figures.Millis(latency.P99)} ms";
}
