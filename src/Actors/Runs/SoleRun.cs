using ActorLoad.Configuration;
using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Configuration;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Runs;

/// <summary>Carries out one run for a caller in this process, in an actor system of its own.</summary>
internal static class SoleRun
{
    private const string StopReason = "stopped by its caller";
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(3);

    // A library writes to no console: what Akka logs goes to System.Diagnostics.Trace.
    private static readonly Config _quiet = ConfigurationFactory.ParseString(
        """
        akka {
          loggers = ["Akka.Event.TraceLogger"]
          loglevel = WARNING
          stdout-loglevel = OFF
          log-dead-letters = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """);

    // Two runs at once would measure each other.
    private static readonly SemaphoreSlim _turn = new(1);

    /// <summary>Waits for its turn, then runs to the end. Throws as <see cref="ConnectionStorm"/> says.</summary>
    public static async Task<RunResult> CarryOutAsync(RunSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        RunEnded ended;
        try
        {
            await _turn.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                MachineCheck.Check(settings);
                var target = await TargetFinder.FindAsync(settings, time, cancellation).ConfigureAwait(false);
                ThresholdTargets.Check(settings.Thresholds, target);
                ended = await RunAsync(settings, target, time, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new StormCanceledException(null, cancellation);
        }

        return ended.Result is { Verdict: not Verdict.Interrupted } result ? result
            : cancellation.IsCancellationRequested ? throw new StormCanceledException(ended.Result, cancellation)
            : ended.Result ?? throw new StormFailedException(ended.Error ?? "the run ended without a result");
    }

    private static async Task<RunEnded> RunAsync(RunSettings settings, ITarget target, TimeProvider time, CancellationToken cancellation)
    {
        var system = ActorSystem.Create("actorload", _quiet);
        try
        {
            var runs = system.ActorOf(RunManager.Props(1, new TransportFactory(system, time), time), "runs");
            var ended = new TaskCompletionSource<RunEnded>(TaskCreationOptions.RunContinuationsAsynchronously);
            var listener = system.ActorOf(Props.Create<EndListener>(ended), "listener");
            var id = RunIds.New(time);
            runs.Tell(new StartRun(id, settings, target, listener), listener);
            using var stopping = cancellation.Register(() => runs.Tell(new StopRun(id, StopReason), listener));
            return await ended.Task.ConfigureAwait(false);
        }
        finally
        {
            // The result is ready: an actor that hangs must not keep the caller waiting.
            await Task.WhenAny(system.Terminate(), Task.Delay(ShutdownLimit, time, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the end of the run.</summary>
    private sealed class EndListener(TaskCompletionSource<RunEnded> ended) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case RunEnded end: ended.TrySetResult(end); break;
                case RunQueued or RunStarted or RunSnapshot or RunStopping or RunUnknown: break;
                default: Unhandled(message); break;
            }
        }
    }
}
