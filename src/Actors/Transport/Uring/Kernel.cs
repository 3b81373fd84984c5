using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ActorLoad.Transport.Uring;

/// <summary>
/// The constants and calls of the kernel that the ring needs, under the kernel's names. Sources: <c>include/uapi/linux/io_uring.h</c>
/// unless a comment names another, the man pages of the calls, and the generic headers for sockets (the same on x86-64 and arm64).
/// </summary>
internal static unsafe partial class Kernel
{
    // asm-generic/unistd.h: the same numbers on every architecture of the last ten years.
    public const long SYS_io_uring_setup = 425;
    public const long SYS_io_uring_enter = 426;
    public const long SYS_io_uring_register = 427;

    public const uint IORING_SETUP_CQSIZE = 1u << 3;
    public const uint IORING_SETUP_CLAMP = 1u << 4;
    public const uint IORING_SETUP_TASKRUN_FLAG = 1u << 9;
    public const uint IORING_SETUP_SINGLE_ISSUER = 1u << 12;
    public const uint IORING_SETUP_DEFER_TASKRUN = 1u << 13;

    public const uint IORING_FEAT_SINGLE_MMAP = 1u << 0;
    public const uint IORING_FEAT_NODROP = 1u << 1;
    public const uint IORING_FEAT_SUBMIT_STABLE = 1u << 2;
    public const uint IORING_FEAT_EXT_ARG = 1u << 8;
    public const uint IORING_FEAT_CQE_SKIP = 1u << 11;

    public const uint IORING_ENTER_GETEVENTS = 1u << 0;
    public const uint IORING_ENTER_EXT_ARG = 1u << 3;

    public const uint IORING_SQ_CQ_OVERFLOW = 1u << 1;
    public const uint IORING_SQ_TASKRUN = 1u << 2;

    public const long IORING_OFF_SQ_RING = 0;
    public const long IORING_OFF_SQES = 0x10000000;

    public const byte IORING_OP_ASYNC_CANCEL = 14;
    public const byte IORING_OP_CONNECT = 16;
    public const byte IORING_OP_CLOSE = 19;
    public const byte IORING_OP_READ = 22;
    public const byte IORING_OP_SEND = 26;
    public const byte IORING_OP_RECV = 27;

    public const byte IOSQE_IO_LINK = 1 << 2;
    public const byte IOSQE_CQE_SKIP_SUCCESS = 1 << 6;

    public const uint IORING_REGISTER_PROBE = 8;
    public const ushort IO_URING_OP_SUPPORTED = 1 << 0;

    // A struct io_uring_probe has room for 256 operations: their codes are a byte (IORING_REGISTER_PROBE in io_uring_register(2)).
    public const int MostOperations = 256;

    // asm-generic/mman-common.h, linux/mman.h
    public const int PROT_READ = 0x1;
    public const int PROT_WRITE = 0x2;
    public const int MAP_SHARED = 0x01;
    public const int MAP_POPULATE = 0x8000;

    // bits/socket.h, asm-generic/socket.h, netinet/tcp.h
    public const int AF_UNIX = 1;
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int SOCK_STREAM = 1;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOCK_NONBLOCK = 0x800;
    public const int IPPROTO_TCP = 6;
    public const int SOL_SOCKET = 1;
    public const int SO_REUSEADDR = 2;
    public const int SO_KEEPALIVE = 9;
    public const int SO_LINGER = 13;
    public const int TCP_NODELAY = 1;
    public const int SHUT_WR = 1;
    public const uint MSG_DONTWAIT = 0x40;
    public const uint MSG_WAITALL = 0x100;
    public const uint MSG_NOSIGNAL = 0x4000;

    // sys/eventfd.h
    public const int EFD_CLOEXEC = 0x80000;

    // asm-generic/ioctls.h
    public const ulong FIONBIO = 0x5421;

    // asm-generic/errno-base.h, asm-generic/errno.h
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int EPIPE = 32;
    public const int ENOSYS = 38;
    public const int ELOOP = 40;
    public const int ETIME = 62;
    public const int EPROTOTYPE = 91;
    public const int ENOPROTOOPT = 92;
    public const int EOPNOTSUPP = 95;
    public const int EAFNOSUPPORT = 97;
    public const int EADDRINUSE = 98;
    public const int EADDRNOTAVAIL = 99;
    public const int ENETDOWN = 100;
    public const int ENETUNREACH = 101;
    public const int ECONNABORTED = 103;
    public const int ECONNRESET = 104;
    public const int ENOBUFS = 105;
    public const int ENOTCONN = 107;
    public const int ESHUTDOWN = 108;
    public const int ETIMEDOUT = 110;
    public const int ECONNREFUSED = 111;
    public const int EHOSTDOWN = 112;
    public const int EHOSTUNREACH = 113;
    public const int ECANCELED = 125;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long Setup(long number, uint entries, Parameters* parameters);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long Enter(
        long number, int ring, uint toSubmit, uint minComplete, uint flags, WaitArgument* argument, nuint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long Register(long number, int ring, uint operation, void* argument, uint count);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial SafeFileHandle EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, void* buffer, nuint count);

    // These calls are short and cannot block, so they do without the switch of GC mode.
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true), SuppressGCTransition]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true), SuppressGCTransition]
    public static partial int SetOption(int socket, int level, int option, void* value, uint size);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true), SuppressGCTransition]
    public static partial int GetOption(int socket, int level, int option, void* value, uint* size);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true), SuppressGCTransition]
    public static partial int Bind(int socket, void* address, uint size);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int socket, int how);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, void* bytes, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true), SuppressGCTransition]
    public static partial int Connect(int socket, void* address, uint size);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true), SuppressGCTransition]
    public static partial int Control(int file, ulong request, int* value);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);
}
