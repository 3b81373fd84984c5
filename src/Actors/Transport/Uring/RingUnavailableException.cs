namespace ActorLoad.Transport.Uring;

/// <summary>io_uring cannot be had here; the message says why and what would help.</summary>
public sealed class RingUnavailableException(string message) : Exception(message)
{
    /// <summary>What an error number of <c>io_uring_setup</c> or of mapping its memory means.</summary>
    internal static RingUnavailableException ForSetup(int error) => new(error switch
    {
        Kernel.ENOSYS => "the kernel has no io_uring (it needs Linux 6.1 or later), or a seccomp profile hides it",
        Kernel.EPERM => "io_uring is forbidden here: sysctl kernel.io_uring_disabled, or a seccomp profile, as in most containers",
        Kernel.EACCES => "io_uring is forbidden here by a security module",
        Kernel.EINVAL => "the kernel is too old: IORING_SETUP_DEFER_TASKRUN needs Linux 6.1",
        Kernel.ENOMEM => "no memory for a ring: RLIMIT_MEMLOCK (ulimit -l) is too small",
        Kernel.EMFILE or Kernel.ENFILE => "no descriptor is left for a ring",
        _ => $"io_uring_setup failed with errno {error}",
    });
}
