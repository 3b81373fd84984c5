using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Monitoring;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Hosting.Commands;

/// <summary><c>actorload monitor --port P</c>: the sockets of one port, on client or server, until a signal or the end of
/// <c>--for</c>.</summary>
/// <remarks>A monitor normally ends by a signal, so that is exit code 0.</remarks>
internal static class MonitorCommand
{
    private static readonly TimeSpan _usualInterval = TimeSpan.FromSeconds(1);

    public static Command Create(TimeProvider time)
    {
        var port = new Option<int>("--port")
        {
            HelpName = "P",
            Description = "The server's port. Counts sockets with this remote port (client) or local port (server).",
            Required = true,
            CustomParser = Port,
        };
        var interval = DurationOption.Create("--interval", "100ms", "1h", "Time between lines, 100ms to 1h (1s).");
        var duration = DurationOption.Create("--for", "1ms", "365d", "End after this time. Without it: end on a signal.");
        var json = new Option<bool>("--json") { Description = "One JSON object per line: each interval, then the summary of peaks." };
        var command = new Command("monitor", "Watch the sockets of one port, on client or server: read-only, no privilege needed.");
        command.Add(port);
        command.Add(interval);
        command.Add(duration);
        command.Add(json);
        command.SetAction(parsed => WatchAsync(
            parsed.GetValue(port), parsed.GetValue(interval) ?? _usualInterval, parsed.GetValue(duration), parsed.GetValue(json), time));
        return command;
    }

    private static async Task<int> WatchAsync(int port, TimeSpan interval, TimeSpan? duration, bool json, TimeProvider time)
    {
        var signals = new StopSignals(time);
        using var monitor = new PortMonitor(KernelPaths.Linux, port, time);
        var isLive = !json && Output.IsTerminal(Console.IsOutputRedirected);
        IMonitorView? view = null;
        await foreach (var line in monitor.WatchAsync(interval, duration, signals.Requested))
        {
            if (view is not null)
            {
                view.Measured(line, monitor.Summary);
            }
            else if (monitor.IsBlind)
            {
                new MonitorNotes(Console.Error).Say(monitor.Summary);
                ErrorLines.Write("actorload monitor: this machine shows neither sockets nor counters, so there is nothing to watch");
                return ExitCodes.Error;
            }
            else
            {
                // Written only now, because every interval from here on is counted.
                ErrorLines.Write($"actorload: watching port {port} every {Figures.Span(interval)}"
                    + (duration is { } span ? $" for {Figures.Span(span)}" : "") + "; Ctrl-C ends with the peaks");
                view = isLive ? new MonitorLiveView(Look.Console(Console.Out, redirected: false))
                    : json ? new MonitorJsonView(Console.Out, Console.Error)
                    : new MonitorLineView(Console.Out, Console.Error, Console.IsOutputRedirected);
                view.Started(line, monitor.Summary);
            }

            if (Outlets.IsStdoutUnread || Outlets.Stdout.Problem is not null)
            {
                return Unread();
            }
        }

        await (view?.EndedAsync(monitor.Summary) ?? Task.CompletedTask);
        return Outlets.Stdout.Flush() ? ExitCodes.Done : Unread();
    }

    /// <summary>Ends when stdout accepts no more output. A reader that has gone needs no message.</summary>
    private static int Unread()
    {
        if (!Outlets.IsStdoutUnread)
        {
            return ExitCodes.Error;
        }

        Outlets.Stdout.Abandon();
        return ExitCodes.Done;
    }

    private static int Port(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            result.AddError($"--port: {text} is not a port; 1 to 65535");
        }

        return port;
    }
}
