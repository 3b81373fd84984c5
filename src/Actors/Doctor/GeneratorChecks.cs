using System.Globalization;
using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Transport;

namespace ActorLoad.Doctor;

/// <summary>Memory and transport of ActorLoad itself. Pure.</summary>
internal static class GeneratorChecks
{
    // Measured on the ring, rounded up; see docs/performance.md. Base is a process that has made thousands of connections, Each is one
    // open connection, EachOverTls what TLS adds to it. Sockets take less. The embedded server is a process of ours, so it counts too.
    private const long Base = 120_000_000;
    private const long Each = 9_500;
    private const long EachOverTls = 60_000;
    private const long EmbeddedBase = 75_000_000;
    private const long EachEmbedded = 80_000;

    /// <summary>Memory of this process, and of the embedded server.</summary>
    public static Check Memory(RunNeeds needs, MachineReadings machine)
    {
        const string Name = "memory";
        var each = Each + (needs.SpeaksTls ? EachOverTls : 0) + (needs.IsEmbedded ? EachEmbedded : 0);
        var beside = Base + (needs.IsEmbedded ? EmbeddedBase : 0);
        var needed = beside + (needs.Open * each);
        var kilobytes = (each / 1000.0).ToString("0.#", CultureInfo.InvariantCulture);
        var estimate = $"about {Megabytes(needed)}: {Megabytes(beside)}, and {kilobytes} KB for each of {needs.Open.Of("open connection")}"
            + (needs.IsEmbedded ? " (with the embedded server)" : needs.SpeaksTls ? " (with TLS)" : "");
        if (machine.MemoryAvailable is not { } available)
        {
            return Check.Unseen(
                Name, Check.Machine, Megabytes(needed), $"free memory is not known; the run takes {estimate}", "cat /proc/meminfo");
        }

        if (needed > available)
        {
            return Check.Fail(
                Name, Check.Machine, Megabytes(available), Megabytes(needed),
                $"the run takes {estimate}, but only {Megabytes(available)} are free",
                available - beside >= each
                    ? [Remedies.MaxOpen(needs.MaxOpen, (available - beside) / each)] : [Remedies.AnotherMachine(Megabytes(available))]);
        }

        return needed > available / 10 * 9
            ? Check.Warn(
                Name, Check.Machine, Megabytes(available), Megabytes(needed),
                $"the run takes {estimate}, nearly all free memory. If ActorLoad swaps or is killed, the figures describe this machine",
                Remedies.MaxOpen(needs.MaxOpen, Math.Max(1, ((available / 10 * 9) - beside) / each)),
                Remedies.AnotherMachine(Megabytes(available)))
            : Check.Ok(Name, Check.Machine, Megabytes(available), Megabytes(needed), $"the run takes {estimate}");
    }

    /// <summary>Whether this machine may swap programs out.</summary>
    public static Check Swappiness(MachineReadings machine)
    {
        const string Name = TuningKeys.Swappiness;
        var proposed = TuningCatalogue.BuiltIn[Name, RemedyHost.Client];
        return (machine.Number(Name), machine.SwapTotal) switch
        {
            (null, _) => Check.Unseen(Name, Check.Machine, proposed.Value, machine.WhyUnseen(Name), $"sysctl {Name}"),
            ({ } present, 0) => Check.Ok(Name, Check.Machine, $"{present}", null, "this machine has no swap, whatever this value"),
            ({ } present, _) when present <= proposed.Number =>
                Check.Ok(Name, Check.Machine, $"{present}", proposed.Value, "programs are swapped out last"),
            ({ } present, var swap) => Check.Warn(
                Name, Check.Machine, $"{present}", proposed.Value,
                "programs may be swapped out in favour of the file cache"
                + (swap is { } bytes ? $" ({Megabytes(bytes)} of swap)" : "") + ". "
                + "An ActorLoad that swaps measures its disk, and a server that swaps waits for its disk",
                Remedies.Sysctl(Name, RemedyHost.Client, $"{present}")),
        };
    }

    /// <summary>io_uring, or its replacement.</summary>
    /// <param name="machine">Knows who may use it.</param>
    /// <param name="kind">The transport that the run asks for.</param>
    /// <param name="choice">The transport that it would get; null without one.</param>
    /// <param name="problem">Why it would get none.</param>
    public static Check Transport(MachineReadings machine, TransportKind kind, TransportChoice? choice, string? problem)
    {
        const string Name = TuningKeys.Transport;
        return choice switch
        {
            null => Check.Fail(
                Name, Check.Machine, "none", "io-uring",
                $"the run asks for io-uring and would not begin, because {problem}. auto takes what is available, sockets works everywhere",
                TroubleRemedies.NoRing(machine.Setting(TuningKeys.RingDisabled), isDemanded: true)),
            { IsFallback: true, IsRing: false } => Check.Warn(
                Name, Check.Machine, choice.Kind, "io-uring",
                $"{choice.Reason}. The run uses sockets, which cost more CPU for each connection",
                TroubleRemedies.NoRing(machine.Setting(TuningKeys.RingDisabled), isDemanded: false)),
            _ => Check.Ok(Name, Check.Machine, choice.Kind, kind == TransportKind.Auto ? "auto" : choice.Kind, choice.Reason),
        };
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000:N0} MB");
}
