using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>This machine gives us no io_uring; the message says why and what would help.</summary>
public sealed class RingUnavailableException(string message) : Exception(message)
{
    /// <summary>What an error number of <c>io_uring_setup</c>, of mapping its memory or of <c>eventfd</c> means on this machine.</summary>
    internal static RingUnavailableException ForSetup(int error) => ForSetup(error, RingPermission.Read());

    /// <summary>The same for a machine with that <paramref name="permission"/>.</summary>
    internal static RingUnavailableException ForSetup(int error, RingPermission permission) => new(error switch
    {
        ENOSYS => "this kernel has no io_uring, or a sandbox hides it: run on Linux 6.1 or later, outside of the sandbox",
        EINVAL => "this kernel is too old: IORING_SETUP_DEFER_TASKRUN needs Linux 6.1",
        EPERM => permission.Refusal,
        EACCES => "a security module (SELinux, AppArmor) forbids io_uring: its policy must allow it",
        ENOMEM => "there is no memory for a ring: raise RLIMIT_MEMLOCK (ulimit -l) or the memory limit of the cgroup",
        EAGAIN => "the kernel has no room for a ring at the moment: raise RLIMIT_MEMLOCK (ulimit -l), or try again",
        EMFILE => "no descriptor is left for a ring in this process: raise RLIMIT_NOFILE (ulimit -n)",
        ENFILE => "no descriptor is left for a ring on this machine: raise sysctl fs.file-max",
        _ => $"the kernel answered errno {error}",
    });
}
