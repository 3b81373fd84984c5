using ActorLoad.Configuration;
using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Journal;
using ActorLoad.Runs;
using ActorLoad.Transport;
using Akka.Actor;

namespace ActorLoad.Hosting.Runs;

/// <summary>Carries out one run in an actor system of its own, without a web host.</summary>
internal static class OneRun
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(3);

    /// <summary>Runs to the end. <paramref name="stop"/> ends the run early, still with a result.</summary>
    public static async Task<RunProtocol.RunEnded> CarryOutAsync(
        string id, RunSettings settings, ITarget target, RunJournal? journal, RunWatch watch, Func<string> stopReason,
        TimeProvider time, CancellationToken stop, RunMeter? meter = null)
    {
        var system = ActorSystem.Create("actorload", StderrLogger.Hocon);
        try
        {
            var runs = system.ActorOf(RunManager.Props(1, new TransportFactory(system, time), time), "runs");
            var follower = system.ActorOf(RunFollower.Props(journal, watch, meter), "follower");
            var start = new RunProtocol.StartRun(id, settings, target, follower)
            {
                WithTimes = journal is not null || meter is not null || watch.WantsTimes,
            };
            var answer = await runs.Ask<object>(start, AnswerLimit, CancellationToken.None);
            if (answer is RunProtocol.RunRefused refused)
            {
                return new RunProtocol.RunEnded(id, null, refused.Reason);
            }

            using var stopping = stop.Register(() => runs.Tell(new RunProtocol.StopRun(id, stopReason()), ActorRefs.NoSender));
            return await watch.Ended;
        }
        finally
        {
            // The result is ready: an actor that hangs must not keep the operator waiting.
            await Task.WhenAny(system.Terminate(), Task.Delay(ShutdownLimit, CancellationToken.None));
        }
    }
}
