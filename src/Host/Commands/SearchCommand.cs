using System.CommandLine;
using ActorLoad.Configuration;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Targets;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload search FILE</c>: the largest storm that meets the thresholds of a run.</summary>
internal static class SearchCommand
{
    public static Command Create(TimeProvider time)
    {
        var options = new SearchOptions();
        var output = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = $"Write {SearchFile.Name} there, after each probe. Replaces that of an earlier search.",
            CompletionSources = { context => PathCompletion.Folders(context.WordToComplete) },
        };
        var json = new Option<bool>("--json") { Description = $"Print {SearchFile.Name} alone on stdout." };
        var quiet = new Option<bool>("--quiet") { Description = "Show no progress, only errors and the answer." };
        var command = new Command(
            "search", "Find the highest number of connections, rate or population that meets the thresholds of a run file, by one run "
            + "after the other. Exit code 3 if no value meets them.");
        options.AddTo(command);
        command.Add(output);
        command.Add(json);
        command.Add(quiet);
        command.SetAction(async parsed =>
        {
            var signals = new StopSignals(time);
            try
            {
                return await CarryOutAsync(
                    options.Read(parsed), new SearchOutput(parsed.GetValue(output), parsed.GetValue(json), parsed.GetValue(quiet)),
                    signals, time);
            }
            catch (SettingsException exception)
            {
                ErrorLines.Write(exception);
                return ExitCodes.BadUsage;
            }
            catch (OperationCanceledException) when (signals.Signal is not null)
            {
                ErrorLines.Write($"actorload search: stopped by {signals.Signal} before the first probe");
                return ExitCodes.Interrupted;
            }
        });
        return command;
    }

    private static async Task<int> CarryOutAsync(SearchPlan plan, SearchOutput output, StopSignals signals, TimeProvider time)
    {
        var settings = plan.SettingsOf(plan.Start);
        await using var target = await Preflight.PrepareAsync(
            settings, problem => ErrorLines.Write($"actorload: {problem}"), time, signals.Requested);
        output.Announce(plan, settings);
        if (await IsUnusableAsync(settings, target as ResolvedTarget, output.Quiet, time, signals.Requested))
        {
            return ExitCodes.Aborted;
        }

        // One embedded server for all probes: a new one would be cold each time.
        ResolvedTarget open;
        try
        {
            open = await target.OpenAsync(signals.Requested);
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
        {
            ErrorLines.Write($"actorload: the search did not begin: {exception.Message}");
            return ExitCodes.Error;
        }

        var search = new StormSearch(plan.Load, plan.Start, plan.Most, plan.Limit, plan.SettingsOf, open, time);
        using var file = output.CreateFile(search.Report);
        var printed = 0;
        signals.LastWord = _ =>
        {
            Print();
            Outlets.Stdout.Flush();
            Outlets.Stderr.Flush();
        };
        await search.CarryOutAsync(probe => output.Probed(probe, search.Report, file), signals.Requested);
        output.Save(search.Report, file);
        Print();
        return output.IsUnsaved ? ExitCodes.Error : ExitCodes.For(search.Report);

        void Print()
        {
            if (Interlocked.Exchange(ref printed, 1) == 0)
            {
                output.Print(search.Report);
            }
        }
    }

    private static async Task<bool> IsUnusableAsync(
        RunSettings settings, ResolvedTarget? target, bool isQuiet, TimeProvider time, CancellationToken stop)
    {
        var checks = await RunDoctor.GlanceAsync(settings, target, time, stop);
        IReadOnlyList<Check> obstacles = target is null ? [] : RunDoctor.Obstacles(settings, target, checks);
        Warnings.Write(isQuiet ? obstacles : checks);
        if (obstacles.Count > 0)
        {
            ErrorLines.Write("actorload: the search did not begin: no server of its target passed the check");
        }

        return obstacles.Count > 0;
    }
}
