using System.Globalization;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Observers.Kernel;
using ActorLoad.Transport;

namespace ActorLoad.Doctor;

/// <summary>The values of this machine.</summary>
/// <param name="Settings">As <see cref="KernelSettings"/> reads them; unreadable ones are absent.</param>
/// <param name="MemoryAvailable">Bytes that programs can still get; null if not known.</param>
/// <param name="SwapTotal">Bytes of swap; null if not known.</param>
/// <param name="Unseen">Why values could not be read, if known.</param>
public sealed record MachineReadings(
    IReadOnlyDictionary<string, string> Settings, long? MemoryAvailable, long? SwapTotal, IReadOnlyList<string> Unseen)
{
    /// <summary>True if /proc/sys is mounted read-only, as in most containers: no sysctl can be set from here.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The source address of connections to each target; targets without a route are absent.</summary>
    public IReadOnlyDictionary<string, string> Sources { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads all values, from some thirty small files. Never throws.</summary>
    /// <param name="paths">The places of the files.</param>
    /// <param name="memoryLimit">The runtime's memory limit in bytes, a container's limit included.</param>
    public static MachineReadings Read(KernelPaths paths, long memoryLimit)
    {
        var unseen = new UnseenNotes();
        var settings = KernelSettings.Read(paths, unseen);
        var memory = ProcFile.ReadOnce(Path.Combine(paths.Proc, "meminfo"), out _, out _)?.Split('\n') ?? [];
        var mounts = ProcFile.ReadOnce(Path.Combine(paths.Proc, "self", "mounts"), out _, out _)?.Split('\n') ?? [];
        var available = Least(Bytes(memory, "MemAvailable:"), memoryLimit);
        return new MachineReadings(settings, available, Bytes(memory, "SwapTotal:"), unseen.Sentences)
        {
            IsReadOnly = mounts.Any(IsReadOnlySysctls),
        };
    }

    /// <summary>A setting by its <see cref="TuningKeys"/>; null if not readable.</summary>
    public string? Setting(string key) => Settings.GetValueOrDefault(key == TuningKeys.HugePages ? KernelSettings.HugePages : key);

    /// <summary>A setting as a number; <see cref="long.MaxValue"/> for <c>unlimited</c>.</summary>
    public long? Number(string key) => Setting(key) is "unlimited" ? long.MaxValue
        : long.TryParse(Setting(key), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The source address of connections to a target; <c>*</c> without a route.</summary>
    public string SourceOf(string target) => Sources.GetValueOrDefault(target, "*");

    /// <summary>Ports for our connections to one address and port; null if not known.</summary>
    public long? Ports => EphemeralPorts.Count(Setting(TuningKeys.PortRange), Setting(TuningKeys.ReservedPorts));

    /// <summary>Why a setting is not known, in a sentence.</summary>
    public string WhyUnseen(string key)
    {
        var name = key == TuningKeys.HugePages ? KernelSettings.HugePages : key;
        return Unseen.FirstOrDefault(note => note.StartsWith($"{name} ", StringComparison.Ordinal))?.TrimEnd('.')
            ?? $"{key} is not known: this kernel does not show it (an old kernel, a container, or not Linux)";
    }

    // "proc /proc/sys proc ro,relatime 0 0"
    private static bool IsReadOnlySysctls(string mount) =>
        mount.Split(' ') is [_, "/proc/sys", _, var options, ..] && options.Split(',').Contains("ro");

    private static long? Least(long? available, long limit) => limit <= 0 ? available : Math.Min(available ?? limit, limit);

    // "MemAvailable:   23738228 kB"
    private static long? Bytes(string[] lines, string name)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        var number = line?[name.Length..].Replace("kB", "", StringComparison.Ordinal);
        return long.TryParse(number, CultureInfo.InvariantCulture, out var kilobytes) && kilobytes >= 0 ? kilobytes * 1024 : null;
    }
}
