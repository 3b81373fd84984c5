using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Doctor;

/// <summary>What the server gives that a run brings along. Pure.</summary>
internal static class EmbeddedChecks
{
    private const long Backlog = ServerDefaults.GarnetBacklog;
    private const string Subject = TargetShare.Embedded;

    /// <summary>It is ours: nothing to ask, and one limit that cannot be changed.</summary>
    public static Check Queue(RunNeeds needs) => needs.BurstForEach <= Backlog
        ? Check.Ok(
            TuningKeys.TcpBacklog, Subject, $"{Backlog}", $"{needs.BurstForEach}",
            "the server is ours, started for the run: it takes as many clients as there are descriptors, and its accept queue is fixed")
        : Check.Warn(
            TuningKeys.TcpBacklog, Subject, $"{Backlog}", $"{needs.BurstForEach}",
            $"the accept queue of the embedded server holds {Backlog}, fixed, and bursts are of {needs.BurstForEach.Text()}: a SYN that finds it full is dropped, "
            + "and sent again after a second; a server of your own can have a longer one",
            TroubleRemedies.ServersQueue(new QueueLimits(null, Backlog, null, ServerDefaults.Garnet, needs.LargestPhase), needs.BurstForEach));
}
