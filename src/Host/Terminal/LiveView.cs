using ActorLoad.Configuration.Thresholds;
using ActorLoad.Hosting.Runs;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A run on a terminal, redrawn each interval on a task of its own, so that a slow terminal delays nothing else.</summary>
internal sealed class LiveView(IReadOnlyList<Threshold> thresholds) : IRunView
{
    private readonly LivePictures<Picture> _pictures = new(Draw);
    private readonly List<string> _complaints = [];
    private RunProtocol.RunStarted? _started;
    private readonly RateWindow _window = new();
    private RunSnapshot? _last;
    private Rates? _rates;

    public void Started(RunProtocol.RunStarted started)
    {
        _started = started;
        Publish();
    }

    public void Measured(RunSnapshot snapshot)
    {
        (_last, _rates) = (snapshot, _window.Add(snapshot));
        Publish();
    }

    public void Ended(RunProtocol.RunEnded ended)
    {
        if (_last is { } last && ended.Result?.Verdict is Verdict.Valid or Verdict.GeneratorLimited)
        {
            _last = last with { Progress = last.Progress with { Fraction = 1 } };
            Publish();
        }

        Close();
    }

    public void FilesLost(string problem)
    {
        _complaints.Add($"the run's files are not complete: {problem}");
        Publish();
    }

    /// <summary>Ends the display; the last picture stays on the screen.</summary>
    public void Close() => _pictures.Close();

    /// <summary>Draws until the run has ended. After a picture that cannot be drawn, the run continues without a display.</summary>
    public async Task DrawAsync(IAnsiConsole console)
    {
        try
        {
            await _pictures.DrawAsync(console, "starting ...", keepsLast: true);
        }
        catch (Exception exception)
        {
            ErrorLines.Write($"actorload: progress cannot be shown any more, the run continues: {exception.Message}");
        }
    }

    internal static IRenderable Draw(Picture picture, Profile profile)
    {
        var rows = new List<IRenderable> { new Text("") };
        if (picture.Started is { } started)
        {
            var addresses = string.Join(", ", started.Target.Addresses);
            rows.Add(new Text($"{addresses} · {started.Transport.Kind} · run {started.RunId}", Look.Dim));
            if (started.Transport.IsFallback)
            {
                rows.Add(new Text(started.Transport.Reason, Look.Dim));
            }
        }

        if (picture.Last is { } last)
        {
            rows.Add(LivePanels.Progress(last, profile));
            rows.Add(new Text(""));
            rows.Add(LivePanels.Counts(last, picture.Rates));
            rows.Add(new Text(""));
            rows.Add(
                new Columns(LivePanels.Latencies(last), LivePanels.Clients(last)) { Expand = false, Padding = new Padding(0, 0, 4, 0) });
            if (picture.Thresholds.Count > 0)
            {
                rows.Add(new Text(""));
                rows.Add(LivePanels.Thresholds(last, picture.Thresholds));
            }
        }
        else
        {
            rows.Add(new Text("the first interval is not over yet", Look.Dim));
        }

        rows.AddRange(picture.Complaints.Select(complaint => new Text("! " + complaint, Look.Bad)));
        rows.Add(new Text(""));
        return new Rows(rows);
    }

    private void Publish() => _pictures.Show(new Picture(_started, _last, [.. _complaints]) { Rates = _rates, Thresholds = thresholds });

    /// <summary>The picture to draw.</summary>
    internal sealed record Picture(RunProtocol.RunStarted? Started, RunSnapshot? Last, IReadOnlyList<string> Complaints)
    {
        public Rates? Rates { get; init; }

        public IReadOnlyList<Threshold> Thresholds { get; init; } = [];
    }
}
