namespace ActorLoad.Transport.Uring;

/// <summary>Whether this machine lets us use io_uring.</summary>
/// <param name="Disabled">Sysctl <c>kernel.io_uring_disabled</c>; empty on a kernel without it.</param>
/// <param name="IsFiltered">True if this process runs under a seccomp filter.</param>
internal sealed record RingPermission(string Disabled, bool IsFiltered)
{
    private const string DisabledFile = "/proc/sys/kernel/io_uring_disabled";
    private const string StatusFile = "/proc/self/status";
    private const string FilterLine = "Seccomp:\t2";

    /// <summary>Why the kernel answered EPERM, and what would help.</summary>
    public string Refusal => (Disabled, IsFiltered) switch
    {
        ("2", _) => "sysctl kernel.io_uring_disabled is 2: nobody may use io_uring until it is 0",
        ("1", _) =>
            "sysctl kernel.io_uring_disabled is 1: only CAP_SYS_ADMIN and the group kernel.io_uring_group may use io_uring until it is 0",
        (_, true) =>
            "a seccomp profile forbids io_uring, as those of most containers do: it must allow io_uring_setup, _enter and _register",
        _ => "io_uring is forbidden here, by sysctl kernel.io_uring_disabled or by a sandbox",
    };

    /// <summary>Reads the present state.</summary>
    public static RingPermission Read() => new(Text(DisabledFile).Trim(), Text(StatusFile).Split('\n').Contains(FilterLine));

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
