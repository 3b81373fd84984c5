using ActorLoad.Transport;

namespace ActorLoad.Observers.Kernel;

/// <summary>The settings of this machine (and namespace, and process) that decide how many connections it takes, and how fast.</summary>
public static class KernelSettings
{
    /// <summary>Name of the soft limit of this process's descriptors.</summary>
    public const string Nofile = "nofile";

    /// <summary>Name of the hard limit of this process's descriptors.</summary>
    public const string NofileHard = "nofile-hard";

    /// <summary>Name of the mode of transparent huge pages: <c>always</c>, <c>madvise</c> or <c>never</c>.</summary>
    public const string HugePages = "transparent_hugepage";

    /// <summary>The sysctls that are read.</summary>
    public static IReadOnlyList<string> Sysctls { get; } =
    [
        "net.core.somaxconn", "net.core.rmem_max", "net.core.wmem_max", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_abort_on_overflow", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_tw_reuse",
        "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_max_orphans", "net.ipv4.tcp_orphan_retries",
        "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_mem", "net.netfilter.nf_conntrack_max", "net.netfilter.nf_conntrack_count",
        "kernel.osrelease", "kernel.io_uring_disabled", "vm.overcommit_memory", "vm.swappiness", "fs.file-max", "fs.nr_open",
    ];

    // They are of the whole machine. Older kernels do not show them in a network namespace, and some of them no kernel does. Conntrack
    // needs its module.
    private static readonly string[] MayBeMissing =
    [
        "net.core.rmem_max", "net.core.wmem_max", "net.ipv4.tcp_max_orphans", "net.ipv4.tcp_mem", "net.netfilter.nf_conntrack_max",
        "net.netfilter.nf_conntrack_count",
    ];

    /// <summary>Each setting that exists, with one space between columns. A setting that may not be read is absent, and a note says so. So
    /// it is for settings that every Linux has and that are hidden here, as in some containers, if they
    /// <paramref name="areMissed"/>.</summary>
    public static IReadOnlyDictionary<string, string> Read(KernelPaths paths, UnseenNotes unseen, bool areMissed = true)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var sysctl in Sysctls)
        {
            if (ReadFile(SysctlFile(paths, sysctl), sysctl, unseen, out var isMissing) is { } value)
            {
                settings[sysctl] = string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            }
            else if (isMissing && !MayBeMissing.Contains(sysctl))
            {
                missing.Add(sysctl);
            }
        }

        if (areMissed && missing.Count > 0 && Directory.Exists(paths.Proc))
        {
            var folder = Path.Combine(paths.Proc, "sys");
            unseen.Add(folder, $"{folder} does not show {string.Join(", ", missing)}: what follows from them cannot be said.");
        }

        if (Selected(ReadFile(Path.Combine(paths.Sys, "kernel/mm/transparent_hugepage/enabled"), HugePages, unseen, out _)) is { } mode)
        {
            settings[HugePages] = mode;
        }

        if (DescriptorLimit.Find(ReadFile(Path.Combine(paths.Proc, "self/limits"), Nofile, unseen, out _)?.Split('\n') ?? []) is { } limit)
        {
            (settings[Nofile], settings[NofileHard]) = limit;
        }

        return settings;
    }

    /// <summary>The file of a sysctl such as <c>net.core.somaxconn</c>.</summary>
    public static string SysctlFile(KernelPaths paths, string sysctl) => Path.Combine(paths.Proc, "sys", sysctl.Replace('.', '/'));

    private static string? ReadFile(string path, string name, UnseenNotes unseen, out bool isMissing)
    {
        var text = ProcFile.ReadOnce(path, out var problem, out isMissing);
        if (text is null && !isMissing)
        {
            unseen.Add(path, $"{name} is not known: {problem}.");
        }

        return text;
    }

    // "always [madvise] never"
    private static string? Selected(string? modes) =>
        modes?.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(mode => mode is ['[', .., ']'])?.Trim('[', ']');
}
