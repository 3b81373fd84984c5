using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;

namespace ActorLoad.Doctor;

/// <summary>Checks of the embedded server. Pure.</summary>
internal static class EmbeddedChecks
{
    private const long Backlog = ServerDefaults.GarnetBacklog;
    private const string Subject = TargetShare.Embedded;

    /// <summary>Its accept queue, the one limit that cannot be changed.</summary>
    public static Check Queue(RunNeeds needs) => needs.BurstForEach <= Backlog
        ? Check.Ok(
            TuningKeys.TcpBacklog, Subject, $"{Backlog}", $"{needs.BurstForEach}",
            "ActorLoad starts this server for the run. It takes as many clients as there are descriptors, and its accept queue is fixed")
        : Check.Warn(
            TuningKeys.TcpBacklog, Subject, $"{Backlog}", $"{needs.BurstForEach}",
            $"the accept queue of the embedded server holds {Backlog}, fixed, and bursts have {needs.BurstForEach.Text()} connections. "
            + "A SYN to a full queue is dropped, and sent again after a second. A server of your own can have a longer queue",
            TroubleRemedies.ServersQueue(
                new QueueLimits(null, Backlog, null, ServerDefaults.Garnet, needs.LargestBursts), needs.BurstForEach));
}
