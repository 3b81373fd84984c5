namespace ActorLoad.Observers.Kernel;

/// <summary>Where the kernel shows its counters and its settings.</summary>
/// <param name="Proc">The machine's and this process's files.</param>
/// <param name="Net">Counters of the network namespace that the reader is in.</param>
/// <param name="Sys">The files of /sys.</param>
public sealed record KernelPaths(string Proc, string Net, string Sys)
{
    /// <summary>Where Linux has them.</summary>
    public static KernelPaths Linux { get; } = new("/proc", "/proc/net", "/sys");

    /// <summary>The same files below another directory.</summary>
    public static KernelPaths Under(string root) =>
        new(Path.Combine(root, "proc"), Path.Combine(root, "proc", "net"), Path.Combine(root, "sys"));
}
