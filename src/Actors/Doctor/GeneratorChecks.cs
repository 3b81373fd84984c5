using System.Globalization;
using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Doctor;

/// <summary>Memory and transport of ActorLoad itself. Pure.</summary>
internal static class GeneratorChecks
{
    // Measured on the ring, see docs/performance.md, and rather more than less: a process that has made thousands of connections, and each one that is open.
    // Thousands of connections over sockets take less. Of the embedded server as well, which is a process of ours.
    private const long Base = 120_000_000;
    private const long Each = 9_500;
    private const long EmbeddedBase = 75_000_000;
    private const long EachEmbedded = 80_000;

    /// <summary>Memory of this process, and of the embedded server.</summary>
    public static Check Memory(RunNeeds needs, MachineReadings machine)
    {
        const string Name = "memory";
        var each = Each + (needs.IsEmbedded ? EachEmbedded : 0);
        var beside = Base + (needs.IsEmbedded ? EmbeddedBase : 0);
        var needed = beside + (needs.Open * each);
        var estimate = $"about {Megabytes(needed)}: {Megabytes(beside)}, and {(each / 1000.0).ToString("0.#", CultureInfo.InvariantCulture)} KB for each of "
            + needs.Open.Of("open connection") + (needs.IsEmbedded ? " (with the embedded server)" : "");
        if (machine.MemoryAvailable is not { } available)
        {
            return Check.Unseen(Name, Check.Machine, Megabytes(needed), $"how much memory is free is not known; the run takes {estimate}", "cat /proc/meminfo");
        }

        if (needed > available)
        {
            return Check.Fail(
                Name, Check.Machine, Megabytes(available), Megabytes(needed), $"the run takes {estimate}, and there is no more than {Megabytes(available)}",
                available - beside >= each ? [Remedies.MaxOpen(needs.MaxOpen, (available - beside) / each)] : [Remedies.AnotherMachine(Megabytes(available))]);
        }

        return needed > available / 10 * 9
            ? Check.Warn(
                Name, Check.Machine, Megabytes(available), Megabytes(needed),
                $"the run takes {estimate}, which is nearly all that there is: what swaps, or is killed, measures this machine",
                Remedies.MaxOpen(needs.MaxOpen, Math.Max(1, ((available / 10 * 9) - beside) / each)), Remedies.AnotherMachine(Megabytes(available)))
            : Check.Ok(Name, Check.Machine, Megabytes(available), Megabytes(needed), $"the run takes {estimate}");
    }

    /// <summary>Whether programs may be swapped out here.</summary>
    public static Check Swappiness(MachineReadings machine)
    {
        const string Name = TuningKeys.Swappiness;
        var proposed = TuningCatalogue.BuiltIn[Name, RemedyHost.Client];
        return (machine.Number(Name), machine.SwapTotal) switch
        {
            (null, _) => Check.Unseen(Name, Check.Machine, proposed.Value, machine.WhyUnseen(Name), $"sysctl {Name}"),
            ({ } present, 0) => Check.Ok(Name, Check.Machine, $"{present}", null, "this machine has no swap, whatever this is"),
            ({ } present, _) when present <= proposed.Number => Check.Ok(Name, Check.Machine, $"{present}", proposed.Value, "programs are swapped out last"),
            ({ } present, var swap) => Check.Warn(
                Name, Check.Machine, $"{present}", proposed.Value,
                $"programs may be swapped out for the sake of the file cache{(swap is { } bytes ? $" (there are {Megabytes(bytes)} of swap)" : "")}: a generator "
                + "that swaps measures its disk, and a server that swaps waits for it",
                Remedies.Sysctl(Name, RemedyHost.Client, $"{present}")),
        };
    }

    /// <summary>io_uring, or what is taken in its place.</summary>
    /// <param name="machine">Tells who may use it.</param>
    /// <param name="kind">What the run asks for.</param>
    /// <param name="choice">What it would get; null if it would get nothing.</param>
    /// <param name="problem">Why nothing.</param>
    public static Check Transport(MachineReadings machine, TransportKind kind, TransportChoice? choice, string? problem)
    {
        const string Name = TuningKeys.Transport;
        return choice switch
        {
            null => Check.Fail(
                Name, Check.Machine, "none", "io-uring",
                $"the run asks for io-uring and would not begin, because {problem}; auto takes what there is, sockets runs everywhere",
                TroubleRemedies.NoRing(machine.Setting(TuningKeys.RingDisabled), isDemanded: true)),
            { IsFallback: true, IsRing: false } => Check.Warn(
                Name, Check.Machine, choice.Kind, "io-uring", $"{choice.Reason}; the run goes over sockets, which costs more CPU for each connection",
                TroubleRemedies.NoRing(machine.Setting(TuningKeys.RingDisabled), isDemanded: false)),
            _ => Check.Ok(Name, Check.Machine, choice.Kind, kind == TransportKind.Auto ? "auto" : choice.Kind, choice.Reason),
        };
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000:N0} MB");
}
