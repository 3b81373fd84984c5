using System.Globalization;
using System.Runtime.InteropServices;

namespace ActorLoad.Peers.Kernel;

/// <summary>System calls that the kernel refuses to a process and its children, as a container's seccomp profile does.</summary>
/// <remarks>Put on by Perl, which can do so before it execs: a filter on a thread of ours would stay on all threads that come of it.</remarks>
public static class RefusedCalls
{
    // The same numbers on every architecture.
    private const int RingSetup = 425;
    private const int RingEnter = 426;
    private const int RingRegister = 427;

    // prctl PR_SET_NO_NEW_PRIVS, then PR_SET_SECCOMP with a filter of five instructions: load the number of the call; if it is at least the first
    // and at most the last, fail with the errno; else allow.
    private const string Launcher = """
        my ($prctl, $first, $last, $errno) = map { $_ + 0 } splice @ARGV, 0, 4;
        my $filter = pack "(SCCL)5", 0x20, 0, 0, 0, 0x35, 0, 2, $first, 0x25, 1, 0, $last, 0x06, 0, 0, 0x50000 | $errno, 0x06, 0, 0, 0x7fff0000;
        my $program = pack "S x6 P", 5, $filter;
        syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "PR_SET_NO_NEW_PRIVS: $!\n";
        syscall($prctl, 22, 2, $program, 0, 0) == 0 or die "PR_SET_SECCOMP: $!\n";
        exec @ARGV or die "exec: $!\n";
        """;

    /// <summary>Words before a command whose every call of io_uring fails with <paramref name="errno"/>.</summary>
    public static IReadOnlyList<string> Ring(int errno) => Prefix(RingSetup, RingRegister, errno);

    /// <summary>Words before a command that may make a ring but not enter it.</summary>
    public static IReadOnlyList<string> EnterRing(int errno) => Prefix(RingEnter, RingEnter, errno);

    /// <summary>Words before a command that may make a ring but not ask what it can do.</summary>
    public static IReadOnlyList<string> RegisterRing(int errno) => Prefix(RingRegister, RingRegister, errno);

    /// <summary>Words before a command that can make no socket at all.</summary>
    public static IReadOnlyList<string> Sockets(int errno)
    {
        var socket = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 198 : 41;
        return Prefix(socket, socket, errno);
    }

    private static IReadOnlyList<string> Prefix(int first, int last, int errno)
    {
        var prctl = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 157,
            Architecture.Arm64 => 167,
            var other => throw new PlatformNotSupportedException($"the number of prctl on {other} is not known here"),
        };
        return ["perl", "-e", Launcher, .. new[] { prctl, first, last, errno }.Select(number => number.ToString(CultureInfo.InvariantCulture))];
    }
}
