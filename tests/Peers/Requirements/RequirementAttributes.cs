using Xunit;

namespace ActorLoad.Peers.Requirements;

/// <summary>A fact that needs a real redis-server; skipped, with the reason, where there is none, or where the transport under test cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : SkippableFactAttribute
{
    public RedisFactAttribute() => Skip = Requirement.Redis.Skip;
}

/// <summary>A theory that needs a real redis-server; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisTheoryAttribute : TheoryAttribute
{
    public RedisTheoryAttribute() => Skip = Requirement.Redis.Skip;
}

/// <summary>A fact that makes network namespaces; skipped, with the reason, where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NetnsFactAttribute : FactAttribute
{
    public NetnsFactAttribute() => Skip = Requirement.Netns.Skip;
}

/// <summary>A fact that needs a redis-server in a network namespace; skipped, with the reason, where either is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisNetnsFactAttribute : FactAttribute
{
    public RedisNetnsFactAttribute() => Skip = Requirement.RedisInNetns.Skip;
}

/// <summary>A fact that limits a child with prlimit; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrlimitFactAttribute : FactAttribute
{
    public PrlimitFactAttribute() => Skip = Requirement.Prlimit.Skip;
}

/// <summary>A fact that lets systemd-analyze read units; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SystemdAnalyzeFactAttribute : FactAttribute
{
    public SystemdAnalyzeFactAttribute() => Skip = Requirement.SystemdAnalyze.Skip;
}

/// <summary>A fact that lets shellcheck read scripts; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShellCheckFactAttribute : FactAttribute
{
    public ShellCheckFactAttribute() => Skip = Requirement.ShellCheck.Skip;
}

/// <summary>A fact that reads /proc; skipped, with the reason, where there is none, or where the transport under test cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : SkippableFactAttribute
{
    public LinuxFactAttribute() => Skip = Requirement.Linux.Skip;
}

/// <summary>A theory that reads /proc or sends signals; skipped, with the reason, as <see cref="LinuxFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : SkippableTheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = Requirement.Linux.Skip;
}

/// <summary>A fact that needs a redis-server in a network namespace with a firewall; skipped, with the reason, where a part is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFirewallFactAttribute : FactAttribute
{
    public RedisFirewallFactAttribute() => Skip = Requirement.RedisBehindFirewall.Skip;
}

/// <summary>A fact that fills the firewall's table of connections; skipped, with the reason, where that cannot be done without harm.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConntrackFactAttribute : FactAttribute
{
    public ConntrackFactAttribute() => Skip = Requirement.Conntrack.Skip;
}

/// <summary>A fact that takes the processor from a redis-server in a namespace, or from its storm; skipped, with the reason, where a part is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StarvedRedisFactAttribute : FactAttribute
{
    public StarvedRedisFactAttribute() => Skip = Requirement.StarvedRedis.Skip;
}

/// <summary>A fact with a redis-server that may not fork; skipped, with the reason, where that cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OvercommitFactAttribute : FactAttribute
{
    public OvercommitFactAttribute() => Skip = Requirement.Overcommit.Skip;
}

/// <summary>A theory that needs a redis-server in a network namespace; skipped, with the reason, where either is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisNetnsTheoryAttribute : TheoryAttribute
{
    public RedisNetnsTheoryAttribute() => Skip = Requirement.RedisInNetns.Skip;
}

/// <summary>A theory that needs <c>prlimit</c>; skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrlimitTheoryAttribute : TheoryAttribute
{
    public PrlimitTheoryAttribute() => Skip = Requirement.Prlimit.Skip;
}

/// <summary>A fact that gives a child a small disk or files of its own; skipped, with the reason, where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnMountsFactAttribute : FactAttribute
{
    public OwnMountsFactAttribute() => Skip = Requirement.OwnMounts.Skip;
}

/// <summary>A theory that stops single threads of its children; skipped, with the reason, where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PerlTraceTheoryAttribute : SkippableTheoryAttribute
{
    public PerlTraceTheoryAttribute() => Skip = Requirement.PerlTrace.Skip;
}

/// <summary>A fact that needs a redis-server behind HAProxy in a network namespace; skipped, with the reason, where a part is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HAProxyFactAttribute : FactAttribute
{
    public HAProxyFactAttribute() => Skip = Requirement.RedisBehindHAProxy.Skip;
}

/// <summary>A fact that needs a redis-server behind twemproxy in a network namespace; skipped, with the reason, where a part is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TwemproxyFactAttribute : FactAttribute
{
    public TwemproxyFactAttribute() => Skip = Requirement.RedisBehindTwemproxy.Skip;
}

/// <summary>A fact that drives a terminal; skipped, with the reason, where that cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute() => Skip = Requirement.Terminal.Skip;
}

/// <summary>A fact that completes command lines in bash; skipped, with the reason, where that cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BashFactAttribute : FactAttribute
{
    public BashFactAttribute() => Skip = Requirement.Bash.Skip;
}

/// <summary>A fact that completes command lines in zsh; skipped, with the reason, where that cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ZshFactAttribute : FactAttribute
{
    public ZshFactAttribute() => Skip = Requirement.Zsh.Skip;
}

/// <summary>A fact that completes command lines in fish; skipped, with the reason, where that cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FishFactAttribute : FactAttribute
{
    public FishFactAttribute() => Skip = Requirement.Fish.Skip;
}

/// <summary>A fact about the packages of the program; skipped, with the reason, where they were not made.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PackagesFactAttribute : FactAttribute
{
    public PackagesFactAttribute() => Skip = Requirement.Packages.Skip;
}

/// <summary>A fact about packages and a redis-server; skipped, with the reason, where either is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisPackagesFactAttribute : FactAttribute
{
    public RedisPackagesFactAttribute() => Skip = Requirement.Packages.Skip ?? Requirement.Redis.Skip;
}

/// <summary>A fact that installs the Debian package in a root of its own; skipped, with the reason, where that cannot be done.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DebianPackagesFactAttribute : FactAttribute
{
    public DebianPackagesFactAttribute() => Skip = Requirement.DebianPackages.Skip;
}

/// <summary>A fact that lets lintian read packages; skipped, with the reason, where either is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LintianFactAttribute : FactAttribute
{
    public LintianFactAttribute() => Skip = Requirement.Lintian.Skip;
}

/// <summary>A fact in a real browser; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Requirement.Chromium.Skip;
}

/// <summary>A theory in a real browser; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = Requirement.Chromium.Skip;
}

/// <summary>A fact that lets Prometheus scrape a storm on a real redis-server; skipped, with the reason, where either is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = Requirement.Prometheus.Skip;
}
