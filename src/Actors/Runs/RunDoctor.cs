using System.Collections.Immutable;
using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;

namespace ActorLoad.Runs;

/// <summary>Holds what a run needs against what this machine and its target give. Changes nothing.</summary>
public static class RunDoctor
{
    // A server that is idle answers in microseconds; one that needs longer than this has no time for a storm.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    // Of a run that is about to begin: it does not wait for a server that is busy.
    private static readonly TimeSpan GlanceLimit = TimeSpan.FromMilliseconds(300);

    /// <summary>Everything, with one connection to each server.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="target">Resolved and allowed; null if it is embedded.</param>
    /// <param name="time">Clock of its connections.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<DoctorReport> ExamineAsync(RunSettings settings, ResolvedTarget? target, TimeProvider time, CancellationToken stop)
    {
        var addresses = target?.Endpoints ?? [];
        var (needs, machine) = (RunDemand.Of(settings, addresses), Machine(addresses));
        var (choice, problem) = Choose(settings.Transport, addresses);
        var servers = await AskAsync(settings, addresses, AnswerLimit, time, stop).ConfigureAwait(false);
        return DoctorReport.Of(
            settings.Target.Endpoints, [.. addresses.Select(address => $"{address}")], needs,
            Checkup.Full(needs, machine, settings.Transport.Kind, choice, problem, servers)) with
        {
            Unused = target is { Unused.IsEmpty: false } ? target.Unused : null,
        };
    }

    /// <summary>What would cost a run something that is about to begin: the same checks, but a server that does not answer at once is only looked at.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="target">As for <see cref="ExamineAsync"/>.</param>
    /// <param name="time">Clock of its connections.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<IReadOnlyList<Check>> GlanceAsync(RunSettings settings, ResolvedTarget? target, TimeProvider time, CancellationToken stop)
    {
        var addresses = target?.Endpoints ?? [];
        if (Choose(settings.Transport, addresses).Choice is not { } choice)
        {
            return []; // such a run does not begin, and says so
        }

        var servers = settings.Observers.Server
            ? await AskAsync(settings, addresses, GlanceLimit, time, stop).ConfigureAwait(false)
            : [.. addresses.Distinct().Select(ServerProbe.Look)]; // nobody but the storm shall connect
        return
        [
            .. Checkup.Brief(RunDemand.Of(settings, addresses), Machine(addresses), settings.Transport.Kind, choice, servers).Where(check => check.State >= CheckState.Warn),
        ];
    }

    /// <summary>The checks that keep a run from beginning: they say that no server of its target can be used. None if one can, or nobody knows.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="target">As for <see cref="ExamineAsync"/>; not embedded.</param>
    /// <param name="checks">What <see cref="GlanceAsync"/> found.</param>
    public static IReadOnlyList<Check> Obstacles(RunSettings settings, ResolvedTarget target, IReadOnlyList<Check> checks)
    {
        // A script that gives a password itself is not turned away like those who only look.
        var isOwnPassword = !settings.Target.Credentials.AreGiven && settings.Connection.Script.Secrets.Length > 0;
        Check[] failed =
        [
            .. checks.Where(check => check is { Name: TargetCheck.Name, State: CheckState.Fail } && !(isOwnPassword && check.Remedies.SequenceEqual(TroubleRemedies.Password()))),
        ];
        return failed.DistinctBy(check => check.Subject).Count() == target.Endpoints.Distinct().Count() ? failed : [];
    }

    private static Task<ServerReadings[]> AskAsync(RunSettings settings, ImmutableArray<Endpoint> addresses, TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        var words = settings.Words;
        return Task.WhenAll(addresses.Distinct().Select(address => ServerProbe.AskAsync(
            address, settings.Target.Credentials, limit, time, stop, words)));
    }

    private static MachineReadings Machine(ImmutableArray<Endpoint> addresses) =>
        MachineReadings.Read(KernelPaths.Linux, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) with { Sources = Sources(addresses) };

    private static Dictionary<string, string> Sources(ImmutableArray<Endpoint> addresses)
    {
        var sources = new Dictionary<string, string> { [TargetShare.Embedded] = $"{IPAddress.Loopback}" };
        foreach (var address in addresses.Distinct())
        {
            if (SlotPorts.FindSource(address.Address) is { } source)
            {
                sources[$"{address}"] = $"{source}";
            }
        }

        return sources;
    }

    private static (TransportChoice? Choice, string? Problem) Choose(TransportSettings transport, ImmutableArray<Endpoint> addresses)
    {
        try
        {
            // As many loops as the run will have: what is tried now need not be tried again.
            var targets = addresses.IsEmpty ? [IPAddress.Loopback] : addresses.Select(endpoint => endpoint.Address.Address);
            return (TransportChoice.Make(transport, LoopCount.For(targets, Environment.ProcessorCount)), null);
        }
        catch (RingUnavailableException unavailable)
        {
            return (null, unavailable.Message);
        }
    }
}
