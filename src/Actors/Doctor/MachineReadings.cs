using System.Globalization;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Observers.Kernel;
using ActorLoad.Transport;

namespace ActorLoad.Doctor;

/// <summary>What this machine gives.</summary>
/// <param name="Settings">As <see cref="KernelSettings"/> reads them; what could not be read is absent.</param>
/// <param name="MemoryAvailable">Bytes that a program can still have; null if not known.</param>
/// <param name="SwapTotal">Bytes of swap; null if not known.</param>
/// <param name="Unseen">Why something could not be read, where that is known.</param>
public sealed record MachineReadings(
    IReadOnlyDictionary<string, string> Settings, long? MemoryAvailable, long? SwapTotal, IReadOnlyList<string> Unseen)
{
    /// <summary>True if /proc/sys is mounted read-only, as in most containers: no sysctl can be set from here.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The address from which connections to each target come; those without a route are absent.</summary>
    public IReadOnlyDictionary<string, string> Sources { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads it all: some thirty small files. Never throws.</summary>
    /// <param name="paths">Where they are.</param>
    /// <param name="memoryLimit">What the runtime knows of memory, a container's limit included, in bytes.</param>
    public static MachineReadings Read(KernelPaths paths, long memoryLimit)
    {
        var unseen = new UnseenNotes();
        var settings = KernelSettings.Read(paths, unseen);
        var memory = ProcFile.ReadOnce(Path.Combine(paths.Proc, "meminfo"), out _, out _)?.Split('\n') ?? [];
        return new MachineReadings(settings, Least(Bytes(memory, "MemAvailable:"), memoryLimit), Bytes(memory, "SwapTotal:"), unseen.Sentences)
        {
            IsReadOnly = ProcFile.ReadOnce(Path.Combine(paths.Proc, "self", "mounts"), out _, out _)?.Split('\n').Any(IsReadOnlySysctls) == true,
        };
    }

    /// <summary>A setting by its <see cref="TuningKeys"/>; null if it could not be read.</summary>
    public string? Setting(string key) => Settings.GetValueOrDefault(key == TuningKeys.HugePages ? KernelSettings.HugePages : key);

    /// <summary>A setting that is a number; <see cref="long.MaxValue"/> for none at all.</summary>
    public long? Number(string key) => Setting(key) is "unlimited" ? long.MaxValue
        : long.TryParse(Setting(key), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The address from which connections to a target come; <c>*</c> where no route leads there.</summary>
    public string SourceOf(string target) => Sources.GetValueOrDefault(target, "*");

    /// <summary>Ports for connections of our own to one address and port; null if not known.</summary>
    public long? Ports => EphemeralPorts.Count(Setting(TuningKeys.PortRange), Setting(TuningKeys.ReservedPorts));

    /// <summary>Why a setting is not known, in a sentence.</summary>
    public string WhyUnseen(string key) =>
        Unseen.FirstOrDefault(note => note.StartsWith($"{(key == TuningKeys.HugePages ? KernelSettings.HugePages : key)} ", StringComparison.Ordinal))
            ?.TrimEnd('.')
        ?? $"{key} is not known: this kernel does not show it (an old one, a container, or not Linux)";

    // "proc /proc/sys proc ro,relatime 0 0"
    private static bool IsReadOnlySysctls(string mount) =>
        mount.Split(' ') is [_, "/proc/sys", _, var options, ..] && options.Split(',').Contains("ro");

    private static long? Least(long? available, long limit) => limit <= 0 ? available : Math.Min(available ?? limit, limit);

    // "MemAvailable:   23738228 kB"
    private static long? Bytes(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Replace("kB", "", StringComparison.Ordinal) is { } text
        && long.TryParse(text, CultureInfo.InvariantCulture, out var kilobytes) && kilobytes >= 0 ? kilobytes * 1024 : null;
}
