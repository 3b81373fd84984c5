using System.CommandLine;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorLoad.Hosting.Targets;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload target [--port P]</c>: the embedded server alone.</summary>
internal static class TargetCommand
{
    public const string Name = "target";

    /// <summary>Hidden: end when stdin ends, which means that the parent has ended in whatever way.</summary>
    public const string LifelineOption = "--stdin-lifeline";

    public static Command Create(TimeProvider time)
    {
        var port = new Option<int>("--port")
        {
            HelpName = "P",
            Description = "Port on 127.0.0.1. Without it: any free port (the output names it).",
        };
        port.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out var value) || value is < 0 or > 65535))
            {
                result.AddError($"--port: {text} is not a port; 1 to 65535, or 0 for any free port");
            }
        });
        var lifeline = new Option<bool>(LifelineOption) { Hidden = true };
        var command = new Command(Name, "Run the embedded server (Garnet) alone on 127.0.0.1, until a signal. Prints `ready HOST:PORT`.");
        command.Add(port);
        command.Add(lifeline);
        command.SetAction(parsed => parsed.GetValue(lifeline) ? ServeParentAsync(parsed.GetValue(port))
            : ServeTerminalAsync(parsed.GetValue(port), time));
        return command;
    }

    private static async Task<int> ServeTerminalAsync(int port, TimeProvider time)
    {
        var signals = new StopSignals(time);
        var code = await ServeAsync(port, signals.Requested);
        return signals.Signal is null ? code : ExitCodes.Interrupted;
    }

    /// <summary>
    /// Ctrl-C and a service's stop signal go to the whole process group. The server must outlive its parent, which still writes the
    /// result. So it ignores these signals and ends with its parent.
    /// </summary>
    private static async Task<int> ServeParentAsync(int port)
    {
        PosixSignal[] ofTheGroup = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
        var unheard = ofTheGroup.Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true)).ToArray();
        using var ended = new CancellationTokenSource();

        // A thread of its own, and an exit at once, because the server may occupy the whole pool when its parent ends.
        var lifeline = new Thread(() =>
        {
            using var stdin = Console.OpenStandardInput();
            while (stdin.ReadByte() >= 0)
            {
            }

            Process.GetCurrentProcess().Kill(); // an orderly end takes seconds when the server is busy
        })
        { IsBackground = true, Name = "lifeline" };
        lifeline.Start();
        var code = await ServeAsync(port, ended.Token);
        GC.KeepAlive(unheard);
        return code;
    }

    private static async Task<int> ServeAsync(int port, CancellationToken stop)
    {
        try
        {
            using var server = EmbeddedServer.Start(port);
            Console.Out.WriteLine($"ready {server.Address}");
            if (!Outlets.Stdout.Flush())
            {
                return ExitCodes.Error; // the parent never got this line, so nobody needs the server
            }

            await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            return ExitCodes.Done;
        }
        catch (SocketException exception)
        {
            ErrorLines.Write($"actorload target: cannot listen on 127.0.0.1:{port}: {exception.Message}");
            return ExitCodes.Error;
        }
    }
}
