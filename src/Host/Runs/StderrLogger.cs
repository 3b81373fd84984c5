using ActorLoad.Hosting.Terminal;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace ActorLoad.Hosting.Runs;

/// <summary>Akka's log on stderr, because stdout is for results.</summary>
internal sealed class StderrLogger : UntypedActor
{
    /// <summary>Replaces Akka's own logger, which writes to stdout.</summary>
    public static Config Hocon { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka {
          loggers = ["{{typeof(StderrLogger).AssemblyQualifiedName}}"]
          loglevel = WARNING
          stdout-loglevel = OFF
          log-dead-letters = off
          # We end the system ourselves; the hook of the process would only delay an exit that somebody asked for twice.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger: Sender.Tell(new LoggerInitialized()); break;
            case LogEvent log: ErrorLines.Write(log.ToString() ?? ""); break;
            default: Unhandled(message); break;
        }
    }
}
