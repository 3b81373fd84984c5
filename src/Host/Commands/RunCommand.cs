using System.CommandLine;
using ActorLoad.Configuration;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Targets;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Terminal.Live;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload run [FILE]</c>: one run, watched from a terminal.</summary>
internal static class RunCommand
{
    // The result is ready, so a stopped terminal must not delay it.
    private static readonly TimeSpan ViewMayTake = TimeSpan.FromMilliseconds(500);

    public static Command Create(TimeProvider time)
    {
        var options = new ConfigurationOptions();
        var output = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = "Write the run's files there, from run.json to report.html. Replaces the files of an earlier run.",
            CompletionSources = { context => PathCompletion.Folders(context.WordToComplete) },
        };
        var junit = new Option<string?>("--junit")
        {
            HelpName = "FILE",
            Description = "Write a JUnit report there: verdict, thresholds and findings as test cases.",
        };
        var markdown = new Option<string?>("--markdown")
        {
            HelpName = "FILE",
            Description = "Write the summary there as Markdown, for a pull request or the summary of a job.",
        };
        var json = new Option<bool>("--json") { Description = "Print result.json alone on stdout." };
        var quiet = new Option<bool>("--quiet") { Description = "Show no progress, only errors and the summary." };
        var details = new Option<bool>("--details") { Description = "Print the whole summary: each table, finding and remedy." };
        var force = new Option<bool>("--force") { Description = "Begin even if no server passed its check, as in a failover test." };
        var command = new Command("run", "Carry out a run and say what happened to every connection.");
        options.AddTo(command);
        command.Add(output);
        command.Add(junit);
        command.Add(markdown);
        command.Add(json);
        command.Add(quiet);
        command.Add(details);
        command.Add(force);
        var comparison = new ComparisonOptions();
        comparison.AddTo(command, hasBaseline: true);
        command.SetAction(async parsed =>
        {
            try
            {
                var errors = new List<SettingsError>();
                var baseline = comparison.Baseline(parsed, errors);
                var settings = options.Load(parsed, errors).Settings;
                var where = new Output(
                    parsed.GetValue(output), parsed.GetValue(json), parsed.GetValue(quiet), parsed.GetValue(details))
                {
                    Collector = OtlpSettings.Read(Environment.GetEnvironmentVariable),
                    Summaries =
                    [
                        .. Summary(junit, RunJUnit.Of),
                        .. Summary(markdown, RunMarkdown.Of),
                    ],
                };
                return await CarryOutAsync(settings, where, baseline, parsed.GetValue(force), time);

                IEnumerable<SummaryFile> Summary(Option<string?> option, Func<RunProtocol.RunEnded, string> render) =>
                    parsed.GetValue(option) is { } path ? [new SummaryFile(option.Name, path, render)] : [];
            }
            catch (SettingsException exception)
            {
                ErrorLines.Write(exception);
                return ExitCodes.BadUsage;
            }
        });
        return command;
    }

    private static async Task<int> CarryOutAsync(RunSettings settings, Output output, Baseline? baseline, bool force, TimeProvider time)
    {
        var signals = new StopSignals(time);
        try
        {
            return await CarryOutAsync(settings, output, baseline, force, signals, time);
        }
        catch (OperationCanceledException) when (signals.Signal is not null)
        {
            ErrorLines.Write($"actorload: stopped by {signals.Signal} before the target was found");
            return ExitCodes.Interrupted;
        }
    }

    private static async Task<int> CarryOutAsync(
        RunSettings settings, Output output, Baseline? baseline, bool force, StopSignals signals, TimeProvider time)
    {
        await using var target = await Preflight.PrepareAsync(
            settings, problem => ErrorLines.Write($"actorload: {problem}"), time, signals.Requested);
        var resolved = target as ResolvedTarget;
        IReadOnlyList<Check> obstacles = [];
        if (!output.Quiet)
        {
            ErrorLines.Write(Announcement.Of(settings));
            foreach (var name in resolved?.Unused ?? [])
            {
                ErrorLines.Write($"actorload: {name}");
            }

            var checks = await RunDoctor.GlanceAsync(settings, resolved, time, signals.Requested);
            Warnings.Write(checks);
            obstacles = resolved is null || force ? [] : RunDoctor.Obstacles(settings, resolved, checks);
        }

        var id = RunIds.New(time);
        var header = RunHeader.Queued(id, time.GetUtcNow(), settings);
        var (journal, taken) = output.CreateJournal(header);
        using var held = taken;
        using var unused = obstacles.Count > 0 ? journal : null;
        var live = output.WantsLive ? new LiveView(settings.Thresholds, signals.Handle, time, signals.Requested) : null;
        var soFar = new RunSoFar(header);
        IRunView view = live ?? (output.Quiet ? new QuietView() : (IRunView)new LineView(Console.Error, settings.Thresholds));
        var watch = new RunWatch(view, soFar);
        var end = new RunEnd(id, output, journal, soFar);
        if (obstacles.Count > 0)
        {
            return ExitCodes.For(end.WriteUnbegun(resolved!, obstacles), signalled: false, end.IsUnsaved);
        }

        (signals.PrepareLastWord, signals.LastWord) = (end.Rehearse, end.WriteAtOnce);
        using var terminal = live is null ? null : new LiveTerminal();
        var drawing = terminal is null ? Task.CompletedTask : live!.DrawAsync(terminal);
        using var export = RunExport.Begin(output.Collector, id);
        RunProtocol.RunEnded ended;
        try
        {
            ended = await OneRun.CarryOutAsync(
                id, settings, target, journal, watch, () => StopReason.Signal(signals.Signal), time, signals.Requested, export?.Run);
        }
        finally
        {
            await Task.WhenAny(watch.Viewed, Task.Delay(ViewMayTake));
            live?.Close();
            await Task.WhenAny(drawing, Task.Delay(ViewMayTake));
            terminal?.Dispose();
        }

        ended = end.Write(ended, signals.Signal is not null);
        await Task.WhenAll(ReportCommand.WriteAfterRunAsync(journal?.Directory), export?.EndAsync() ?? Task.CompletedTask);
        var code = ExitCodes.For(ended, signals.Signal is not null, watch.AreFilesLost || end.IsUnsaved);
        return baseline?.Close(ended, output, code) ?? code;
    }
}
