using System.CommandLine;
using ActorLoad.Configuration;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload doctor [FILE]</c>: can this machine, and its target, carry out that run?</summary>
internal static class DoctorCommand
{
    public static Command Create(TimeProvider time)
    {
        var options = new ConfigurationOptions();
        var json = new Option<bool>("--json") { Description = "Print the report as JSON alone on stdout." };
        var command = new Command(
            "doctor", "Compare what a run needs with what this machine and the target provide, and propose changes. Read-only. Exit code 3 "
            + "if the run would lose connections.");
        options.AddTo(command);
        command.Add(json);
        command.SetAction(async parsed =>
        {
            var signals = new StopSignals(time);
            try
            {
                return await ExamineAsync(options.Load(parsed).Settings, parsed.GetValue(json), time, signals.Requested);
            }
            catch (SettingsException exception)
            {
                ErrorLines.Write(exception);
                return ExitCodes.BadUsage;
            }
            catch (OperationCanceledException) when (signals.Signal is not null)
            {
                ErrorLines.Write($"actorload doctor: stopped by {signals.Signal}");
                return ExitCodes.Interrupted;
            }
        });
        return command;
    }

    private static async Task<int> ExamineAsync(RunSettings settings, bool json, TimeProvider time, CancellationToken stop)
    {
        var target = settings.Target.IsEmbedded ? null : await TargetFinder.FindAsync(settings, time, stop);
        if (target is null)
        {
            SourceCheck.Check(settings, []);
        }

        var report = await RunDoctor.ExamineAsync(settings, target, time, stop);
        if (json)
        {
            Console.Out.WriteLine(report.ToJson());
        }
        else
        {
            CheckTable.Write(Look.Console(Console.Out, Console.IsOutputRedirected), report, Announcement.Storm(settings));
        }

        return report.State == CheckState.Fail ? ExitCodes.WouldFail : ExitCodes.Done;
    }
}
