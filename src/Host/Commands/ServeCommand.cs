using System.CommandLine;
using System.Net.Sockets;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Daemon;
using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Terminal;
using Microsoft.Extensions.Hosting.Systemd;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload serve [FILE]...</c>: the daemon.</summary>
internal static class ServeCommand
{
    // Together less than 5 s: a stopped daemon ends within that time.
    private static readonly TimeSpan RunsMayTake = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan HostMayTake = TimeSpan.FromSeconds(1);

    public const string Name = "serve";

    public static Command Create(TimeProvider time)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "Run files to queue at the start.",
            CompletionSources = { context => PathCompletion.RunFiles(context.WordToComplete) },
        };
        ConfigurationOptions.RefuseOptions(files);
        var config = new Option<string?>("--config")
        {
            HelpName = "FILE",
            Description = "The daemon's own configuration (daemon, safety, connection.max-open); not run. Without it: the first FILE's.",
            CompletionSources = { context => PathCompletion.RunFiles(context.WordToComplete) },
        };
        var check = new Option<bool>("--check")
        {
            Description = "Ask the daemon at daemon.url whether it is ready, and end: exit code 0 if it is, 1 if not.",
        };
        var set = ConfigurationOptions.CreateSet();
        var command = new Command(Name, "Stay and take runs over HTTP (daemon.url). Results go to daemon.results.");
        command.Add(files);
        command.Add(config);
        command.Add(check);
        command.Add(set);
        command.SetAction(async parsed =>
        {
            try
            {
                var (daemon, runs) = Load(parsed.GetValue(files) ?? [], parsed.GetValue(config), parsed.GetValue(set));
                if (parsed.GetValue(check))
                {
                    return await ReadyCheck.AskAsync(daemon.Settings.Daemon.Url);
                }

                return await ServeAsync(daemon, runs, OtlpSettings.Read(Environment.GetEnvironmentVariable), time);
            }
            catch (SettingsException exception)
            {
                ErrorLines.Write(exception);
                return ExitCodes.BadUsage;
            }
            catch (OperationCanceledException)
            {
                ErrorLines.Write("actorload serve: stopped by a signal before it listened");
                return ExitCodes.Interrupted;
            }
        });
        return command;
    }

    private static (LoadedConfiguration Daemon, LoadedConfiguration[] Runs) Load(string[] files, string? config, string[]? set)
    {
        var errors = new List<SettingsError>();
        var more = 0;
        ConfigLayer[] above = [.. ConfigurationOptions.FromEnvironment(), .. ConfigurationOptions.FromSet(set, errors)];
        var layers = files.Select(file => ConfigurationOptions.ReadOrNote(file, errors)).ToArray();
        var own = config is null ? layers.FirstOrDefault() : ConfigurationOptions.ReadOrNote(config, errors);
        var loaded = new List<LoadedConfiguration>();
        foreach (var layer in new[] { own }.Concat(layers.Where(layer => layer != own)))
        {
            try
            {
                loaded.Add(ConfigLoader.Load(layer is null ? above : [layer, .. above], RunFiles.Named));
            }
            catch (SettingsException exception)
            {
                errors.AddRange(exception.Errors);
                more += exception.More;
            }
        }

        if (errors.Count > 0)
        {
            throw new SettingsException([.. errors.Distinct()], more);
        }

        return (loaded[0], [.. config is null && layers.Length > 0 ? loaded : loaded.Skip(1)]);
    }

    private static async Task<int> ServeAsync(
        LoadedConfiguration daemon, LoadedConfiguration[] runs, OtlpSettings? collector, TimeProvider time)
    {
        var signals = new StopSignals(time);
        var addresses = await ListenAddresses.FindAsync(daemon.Settings.Daemon.Url, time, signals.Requested);
        using var results = OpenResults(daemon.Settings.Daemon.Results);
        await using var app = DaemonHost.Build(daemon, addresses, results, time);
        using var push = collector is null ? null : new OtlpPush(collector, runId: null);
        var desk = app.Services.GetRequiredService<RunDesk>();
        var reading = app.Services.GetRequiredService<RunReading>();

        // A file on the command line is the operator's, so its own allow-list counts, as with `run`.
        var targets = await Task.WhenAll(runs.Select(run => reading.TargetAsync(run.Settings, signals.Requested)));
        try
        {
            await app.StartAsync(signals.Requested);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            throw ListenAddresses.NotOurs(daemon.Settings.Daemon.Url);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            ErrorLines.Write($"actorload serve: cannot listen on {daemon.Settings.Daemon.Url}: {exception.Message}");
            return ExitCodes.Error;
        }

        foreach (var (run, target) in runs.Zip(targets))
        {
            var (id, refusal) = await desk.SubmitAsync(run.Settings, target);
            ErrorLines.Write(refusal is null ? $"actorload serve: queued run {id}" : $"actorload serve: a run was not taken: {refusal}");
        }

        Console.Out.WriteLine($"listening on {string.Join(", ", app.Urls)}");
        var isHeard = Outlets.Stdout.Flush();
        if (isHeard)
        {
            ServiceNotice.Send(ServiceState.Ready);
            await Task.Delay(Timeout.Infinite, signals.Requested).ContinueWith(_ => { }, TaskScheduler.Default);
            ServiceNotice.Send(ServiceState.Stopping);
        }

        await desk.StopAllAsync(isHeard ? StopReason.Signal(signals.Signal) : StopReason.Unheard, RunsMayTake);
        using var limit = new CancellationTokenSource(HostMayTake);
        await Task.WhenAll(app.StopAsync(limit.Token), push?.EndAsync(HostMayTake) ?? Task.CompletedTask);
        return isHeard ? ExitCodes.Interrupted : ExitCodes.Error;
    }

    private static ResultsDirectory OpenResults(string path)
    {
        try
        {
            return ResultsDirectory.Open(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException(
                [new SettingsError("daemon", null, "daemon.results", $"cannot be used: {exception.Message}",
                    "a directory that this daemon alone may write")]);
        }
    }
}
