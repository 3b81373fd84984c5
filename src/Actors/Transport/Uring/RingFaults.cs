using static ActorLoad.Transport.Uring.Kernel;

namespace ActorLoad.Transport.Uring;

/// <summary>Translates error numbers of the kernel to faults of a link.</summary>
internal static class RingFaults
{
    /// <summary>The fault behind an error of a connect to a Unix socket. It is refused if nothing listens, if there is no socket (ENOENT),
    /// or if the accept queue is full (EAGAIN): the kernel does not wait for room, as it does with a SYN.</summary>
    public static LinkFault FromUnixConnect(int error) => error switch
    {
        ENOENT or EAGAIN => LinkFault.Refused,
        ENOTDIR or ELOOP or EPROTOTYPE => LinkFault.Unreachable,
        _ => From(error),
    };

    /// <summary>The fault behind <paramref name="error"/>, an errno.</summary>
    public static LinkFault From(int error) => error switch
    {
        ECONNREFUSED => LinkFault.Refused,
        ECONNRESET or ECONNABORTED or EPIPE or ENOTCONN or ESHUTDOWN => LinkFault.Reset,
        ETIMEDOUT => LinkFault.Unanswered,
        EHOSTUNREACH or ENETUNREACH or EHOSTDOWN or ENETDOWN or EACCES or EPERM or EAFNOSUPPORT
            or ENOPROTOOPT or EOPNOTSUPP or EINVAL => LinkFault.Unreachable, // EINVAL: a blackhole route
        EMFILE or ENFILE or EADDRNOTAVAIL or EADDRINUSE or ENOBUFS or ENOMEM or EAGAIN => LinkFault.LocalExhausted,
        _ => LinkFault.Unknown,
    };
}
