using Akka.Actor;
using Akka.Event;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Runs;

/// <summary>Opens the target of a run for <see cref="RunManager"/>, and disposes it.</summary>
internal static class RunTarget
{
    /// <summary>The target is ready.</summary>
    public sealed record Opened(string RunId, ResolvedTarget Target) : INoSerializationVerificationNeeded;

    /// <summary>The target could not be opened, with the reason.</summary>
    public sealed record Failed(string Reason) : INoSerializationVerificationNeeded;

    /// <summary>Returns <see cref="Opened"/> or <see cref="Failed"/>; never throws.</summary>
    public static async Task<object> OpenAsync(StartRun run, CancellationToken cancellation)
    {
        try
        {
            return new Opened(run.RunId, await run.Target.OpenAsync(cancellation).ConfigureAwait(false));
        }
        catch (Exception cause)
        {
            return new Failed($"the target could not be made ready: {cause.Message}");
        }
    }

    /// <summary>Disposes the target after <paramref name="opened"/> has ended, because a half-started server cannot be stopped. Logs a
    /// failure.</summary>
    public static async Task DisposeAsync(StartRun run, Task opened, ILoggingAdapter log)
    {
        try
        {
            await opened.ConfigureAwait(false);
            await run.Target.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            log.Error(cause, "the target of run {0} could not be stopped", run.RunId);
        }
    }
}
