using System.Collections.Immutable;
using System.Net;
using ActorLoad.Observers.Doctor;
using ActorLoad.Observers.Kernel;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;

namespace ActorLoad.Runs;

/// <summary>Holds what a run needs against what this machine and its target give. Changes nothing.</summary>
public static class RunDoctor
{
    // A server that is idle answers in microseconds; one that needs longer than this has no time for a storm.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Everything, with one connection to each server.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="target">Resolved and allowed; null if it is embedded.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<DoctorReport> ExamineAsync(RunSettings settings, ResolvedTarget? target, CancellationToken stop)
    {
        var addresses = target?.Addresses ?? [];
        var (needs, machine) = (RunDemand.Of(settings, addresses), Machine());
        var (choice, problem) = Choose(settings.Transport, addresses);
        var servers = await Task.WhenAll(addresses.Distinct().Select(address => ServerProbe.AskAsync(
            address, settings.Target.Username, settings.Target.Password, AnswerLimit, stop))).ConfigureAwait(false);
        return DoctorReport.Of(
            settings.Target.Endpoints, [.. addresses.Select(address => $"{address}")], needs,
            Checkup.Full(needs, machine, settings.Transport.Kind, choice, problem, servers));
    }

    /// <summary>What would go wrong and can be seen in a few milliseconds, without a connection to anybody.</summary>
    public static IReadOnlyList<Check> Glance(RunSettings settings, ResolvedTarget? target)
    {
        var addresses = target?.Addresses ?? [];
        if (Choose(settings.Transport, addresses).Choice is not { } choice)
        {
            return []; // such a run does not begin, and says so
        }

        var servers = addresses.Distinct().Select(ServerProbe.Look).ToArray();
        return [.. Checkup.Brief(RunDemand.Of(settings, addresses), Machine(), choice, servers).Where(check => check.State >= CheckState.Warn)];
    }

    private static MachineReadings Machine() => MachineReadings.Read(KernelPaths.Linux, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private static (TransportChoice? Choice, string? Problem) Choose(TransportSettings transport, ImmutableArray<IPEndPoint> addresses)
    {
        try
        {
            // As many loops as the run will have: what is tried now need not be tried again.
            var targets = addresses.IsEmpty ? [IPAddress.Loopback] : addresses.Select(address => address.Address);
            return (TransportChoice.Make(transport, LoopCount.For(targets, Environment.ProcessorCount)), null);
        }
        catch (RingUnavailableException unavailable)
        {
            return (null, unavailable.Message);
        }
    }
}
