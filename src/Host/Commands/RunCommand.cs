using System.CommandLine;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Targets;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;
using ActorLoad.Runs.Configuration;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload run [FILE]</c>: one run, watched from a terminal.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var options = new ConfigurationOptions();
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "Write run.json, samples.jsonl and result.json there; those of a former run are replaced." };
        var json = new Option<bool>("--json") { Description = "Print result.json alone on stdout." };
        var quiet = new Option<bool>("--quiet") { Description = "No progress; errors and the summary only." };
        var command = new Command("run", "Carry out a run and say what happened to every connection.");
        options.AddTo(command);
        command.Add(output);
        command.Add(json);
        command.Add(quiet);
        command.SetAction(async parsed =>
        {
            try
            {
                var settings = options.Load(parsed).Settings;
                return await CarryOutAsync(settings, new Output(parsed.GetValue(output), parsed.GetValue(json), parsed.GetValue(quiet)));
            }
            catch (SettingsException exception)
            {
                ErrorLines.Write(exception);
                return ExitCodes.BadUsage;
            }
        });
        return command;
    }

    private static async Task<int> CarryOutAsync(RunSettings settings, Output output)
    {
        using var signals = new StopSignals();
        try
        {
            return await CarryOutAsync(settings, output, signals);
        }
        catch (OperationCanceledException) when (signals.Signal is not null)
        {
            ErrorLines.Write($"actorload: stopped by {signals.Signal} before the target was found");
            return ExitCodes.Interrupted;
        }
    }

    private static async Task<int> CarryOutAsync(RunSettings settings, Output output, StopSignals signals)
    {
        // Opened now: a storm may take the last descriptor, and what goes wrong then must still be said.
        _ = (Console.Out, Console.Error);
        await using var target = await Preflight.PrepareAsync(
            settings, problem => ErrorLines.Write($"actorload: {problem}"), signals.Requested);
        if (!output.Quiet)
        {
            ErrorLines.Write(Announcement.Of(settings));
            foreach (var name in (target as ResolvedTarget)?.Unused ?? [])
            {
                ErrorLines.Write($"actorload: {name}");
            }

            Warnings.Write(await RunDoctor.GlanceAsync(settings, target as ResolvedTarget, signals.Requested));
        }

        var id = RunIds.New(TimeProvider.System);
        var header = RunHeader.Queued(id, TimeProvider.System.GetUtcNow(), settings);
        var journal = output.CreateJournal(header);
        var live = output.WantsLive ? new LiveView() : null;
        var watch = new RunWatch(live ?? (output.Quiet ? new QuietView() : (IRunView)new LineView(Console.Error)));
        var drawing = live?.DrawAsync(Look.Console(Console.Error, redirected: false)) ?? Task.CompletedTask;
        RunProtocol.RunEnded ended;
        try
        {
            ended = await OneRun.CarryOutAsync(
                id, settings, target, journal, watch, () => StopReason.Signal(signals.Signal), signals.Requested);
        }
        finally
        {
            live?.Close();
            await drawing;
        }

        if (ended.Result is null && signals.Signal is not null)
        {
            // Stopped before its first burst: nothing was measured, and that is a result too.
            ended = ended with { Result = InterruptedRun.Assemble(header with { Error = ended.Error }, null, []) };
            journal?.End(ended);
        }

        output.Write(ended, journal?.Directory);
        return ExitCodes.For(ended, signals.Signal is not null, watch.AreFilesLost);
    }
}
