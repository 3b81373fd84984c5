using ActorLoad.Peers.Kernel;

namespace ActorLoad.Peers.Requirements;

/// <summary>A part of the machine that some tests need and not every machine has.</summary>
public sealed class Requirement
{
    private readonly Lazy<string?> _problem;

    private Requirement(Func<string?> problem) => _problem = new Lazy<string?>(problem);

    /// <summary><c>redis-server</c> on the PATH.</summary>
    public static Requirement Redis { get; } = new(() => Missing("redis-server"));

    /// <summary>The /proc of Linux.</summary>
    public static Requirement Linux { get; } = new(() => OperatingSystem.IsLinux() ? null : "needs Linux");

    /// <summary><c>prlimit</c> on the PATH.</summary>
    public static Requirement Prlimit { get; } = new(() => Missing("prlimit"));

    /// <summary><c>perl</c> on the PATH, on Linux: it puts seccomp filters on.</summary>
    public static Requirement Perl { get; } = new(() => Linux.Problem ?? Missing("perl"));

    /// <summary><c>python3</c> on the PATH, on Linux.</summary>
    public static Requirement Python { get; } = new(() => Linux.Problem ?? Missing("python3"));

    /// <summary>Terminals of their own for children: <c>setsid</c> on the PATH.</summary>
    public static Requirement Terminal { get; } = new(() => Linux.Problem ?? Missing("setsid"));

    /// <summary><c>zsh</c> on the PATH, and a terminal.</summary>
    public static Requirement Zsh { get; } = new(() => Terminal.Problem ?? Missing("zsh"));

    /// <summary><c>fish</c> on the PATH, and a terminal.</summary>
    public static Requirement Fish { get; } = new(() => Terminal.Problem ?? Missing("fish"));

    /// <summary><c>bash</c> on the PATH, and a terminal.</summary>
    public static Requirement Bash { get; } = new(() => Terminal.Problem ?? Missing("bash"));

    /// <summary>Root, for what an ordinary user may not do.</summary>
    public static Requirement Root { get; } = new(() => Linux.Problem ?? (Environment.IsPrivilegedProcess ? null : "needs root"));

    /// <summary>Threads of a child can be stopped one by one: <c>perl</c>, and root, who may trace.</summary>
    public static Requirement PerlTrace { get; } = new(() => Perl.Problem ?? Root.Problem);

    /// <summary>Root without some of its rights, within limits: root, <c>setpriv</c> and <c>prlimit</c> on the PATH.</summary>
    public static Requirement LesserRoot { get; } = new(() => Root.Problem ?? Missing("setpriv") ?? Missing("prlimit"));

    /// <summary>Network namespaces can be made: root, and <c>ip</c> on the PATH.</summary>
    public static Requirement Netns { get; } = new(() => Missing("ip") ?? NetworkNamespace.Probe());

    /// <summary>Both a server and a namespace to put it into.</summary>
    public static Requirement RedisInNetns { get; } = new(() => Redis.Problem ?? Netns.Problem);

    /// <summary>A server in a namespace with HAProxy before it.</summary>
    public static Requirement RedisBehindHAProxy { get; } = new(() => RedisInNetns.Problem ?? Missing("haproxy"));

    /// <summary>A server in a namespace with twemproxy (<c>nutcracker</c>) before it.</summary>
    public static Requirement RedisBehindTwemproxy { get; } = new(() => RedisInNetns.Problem ?? Missing("nutcracker"));

    /// <summary>A server in a namespace with a firewall of its own: <c>nft</c>.</summary>
    public static Requirement RedisBehindFirewall { get; } = new(() => RedisInNetns.Problem ?? Missing("nft"));

    /// <summary>Connection tracking that can be filled without harm: <c>nft</c>, a namespace, a server, and nobody who has anything tracked.</summary>
    public static Requirement Conntrack { get; } = new(() => RedisBehindFirewall.Problem ?? IdleConntrack());

    /// <summary>A server in a namespace, and programs that take its core away.</summary>
    public static Requirement StarvedRedis { get; } = new(() => RedisInNetns.Problem ?? Missing("taskset"));

    /// <summary>A server that may not fork, on a machine that does not promise all memory: <c>setpriv</c>, <c>prlimit</c>, root.</summary>
    public static Requirement Overcommit { get; } = new(() => Redis.Problem ?? LesserRoot.Problem
        ?? (File.ReadAllText("/proc/sys/vm/overcommit_memory").Trim() == "1" ? "needs vm.overcommit_memory other than 1" : null));

    /// <summary>Mounts that only a child sees: root, and <c>unshare</c> on the PATH.</summary>
    public static Requirement OwnMounts { get; } = new(() => Root.Problem ?? Missing("unshare"));

    /// <summary><c>systemd-analyze</c> on the PATH: it reads units as systemd does, and needs none running.</summary>
    public static Requirement SystemdAnalyze { get; } = new(() => Linux.Problem ?? Missing("systemd-analyze"));

    /// <summary><c>shellcheck</c> on the PATH.</summary>
    public static Requirement ShellCheck { get; } = new(() => Linux.Problem ?? Missing("shellcheck"));

    /// <summary>The packages of the program: see <see cref="Requirements.Packages"/>.</summary>
    public static Requirement Packages { get; } = new(() => Linux.Problem
        ?? (Requirements.Packages.AreMade ? null : "needs packages: src/Host/Packaging/build.sh makes them"));

    /// <summary>A root of one's own to install packages in, and what looks at them there.</summary>
    public static Requirement DebianPackages { get; } = new(() => Packages.Problem ?? OwnMounts.Problem ?? SystemdAnalyze.Problem
        ?? Missing("dpkg") ?? Missing("man") ?? Missing("ip") ?? Missing("setpriv"));

    /// <summary><c>lintian</c> on the PATH, and packages to read.</summary>
    public static Requirement Lintian { get; } = new(() => Packages.Problem ?? Missing("lintian"));

    /// <summary>Debian's <c>chromium</c> on the PATH.</summary>
    public static Requirement Chromium { get; } = new(() => Linux.Problem ?? Missing("chromium"));

    /// <summary>A server, and <c>prometheus</c> on the PATH.</summary>
    public static Requirement Prometheus { get; } = new(() => Redis.Problem ?? Missing("prometheus"));

    /// <summary>Set to 1 (by <c>.ci/run</c>), nothing is skipped: a test whose part is missing runs and fails by itself.</summary>
    public static bool RequireAll { get; } = Environment.GetEnvironmentVariable("ACTORLOAD_REQUIRE_ALL") == "1";

    /// <summary>What is missing; null when it is there.</summary>
    public string? Problem => _problem.Value;

    /// <summary>The reason for xunit to skip; null to run.</summary>
    public string? Skip => RequireAll ? null : Problem;

    private static string? IdleConntrack()
    {
        const string Count = "/proc/sys/net/netfilter/nf_conntrack_count";
        return !File.Exists(Count) ? "needs connection tracking in the kernel"
            : File.ReadAllText(Count).Trim() == "0" ? null : "needs a machine that tracks no connections";
    }

    /// <summary>Where a program of the PATH is; null if it is not there.</summary>
    public static string? PathOf(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string? Missing(string program) => PathOf(program) is null ? $"needs {program} on the PATH" : null;
}
