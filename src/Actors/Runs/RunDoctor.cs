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

/// <summary>Compares the needs of a run with this machine and its target. Changes nothing.</summary>
public static class RunDoctor
{
    // An idle server answers in microseconds. A server that needs longer than this has no time for a storm.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    // Limit for a run that is about to begin: it does not wait for a busy server.
    private static readonly TimeSpan GlanceLimit = TimeSpan.FromMilliseconds(300);

    /// <summary>Makes all checks, with one connection to each server.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="target">The resolved and allowed target; null if it is embedded.</param>
    /// <param name="time">Clock of its connections.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<DoctorReport> ExamineAsync(
        RunSettings settings, ResolvedTarget? target, TimeProvider time, CancellationToken stop)
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

    /// <summary>Makes the same checks right before a run, and returns its problems. Does not wait for a busy server.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="target">As for <see cref="ExamineAsync"/>.</param>
    /// <param name="time">Clock of its connections.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<IReadOnlyList<Check>> GlanceAsync(
        RunSettings settings, ResolvedTarget? target, TimeProvider time, CancellationToken stop)
    {
        var addresses = target?.Endpoints ?? [];
        if (Choose(settings.Transport, addresses).Choice is not { } choice)
        {
            return []; // the run will not begin, and will say why
        }

        var servers = settings.Observers.Server
            ? await AskAsync(settings, addresses, GlanceLimit, time, stop).ConfigureAwait(false)
            : [.. addresses.Distinct().Select(ServerProbe.Look)]; // only the storm may connect
        return
        [
            .. Checkup.Brief(RunDemand.Of(settings, addresses), Machine(addresses), settings.Transport.Kind, choice, servers)
                .Where(check => check.State >= CheckState.Warn),
        ];
    }

    /// <summary>The failed checks that keep a run from beginning, because its target has no usable server. Empty in doubt.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="target">As for <see cref="ExamineAsync"/>; not embedded.</param>
    /// <param name="checks">The result of <see cref="GlanceAsync"/>.</param>
    public static IReadOnlyList<Check> Obstacles(RunSettings settings, ResolvedTarget target, IReadOnlyList<Check> checks)
    {
        // A script with its own password can sign in where the checks cannot.
        var isOwnPassword = !settings.Target.Credentials.AreGiven
            && settings.Fleets.Any(fleet => fleet.Connection.Secrets.Any());
        Check[] failed =
        [
            .. checks.Where(check => check is { Name: TargetCheck.Name, State: CheckState.Fail }
                && !(isOwnPassword && check.Remedies.SequenceEqual(TroubleRemedies.Password()))),
        ];
        return failed.DistinctBy(check => check.Subject).Count() == target.Endpoints.Distinct().Count() ? failed : [];
    }

    private static Task<ServerReadings[]> AskAsync(
        RunSettings settings, ImmutableArray<Endpoint> addresses, TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        var words = settings.Words;
        return Task.WhenAll(addresses.Distinct().Select(address => ServerProbe.AskAsync(
            address, settings.CredentialsOf(address, addresses), limit, time, stop, words)));
    }

    private static MachineReadings Machine(ImmutableArray<Endpoint> addresses) =>
        MachineReadings.Read(KernelPaths.Linux, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) with { Sources = Sources(addresses) };

    private static Dictionary<string, string> Sources(ImmutableArray<Endpoint> addresses)
    {
        var sources = new Dictionary<string, string> { [TargetShare.Embedded] = $"{IPAddress.Loopback}" };
        foreach (var address in addresses.Distinct())
        {
            if (address.Address is { } target && SlotPorts.FindSource(target) is { } source)
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
            // As many loops as the run will have, so that the run need not try the transport again.
            var targets = addresses.IsEmpty ? [IPAddress.Loopback] : addresses.Select(endpoint => endpoint.Machine);
            return (TransportChoice.Make(transport, LoopCount.For(targets, Environment.ProcessorCount)), null);
        }
        catch (RingUnavailableException unavailable)
        {
            return (null, unavailable.Message);
        }
    }
}
