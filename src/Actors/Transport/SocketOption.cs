using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorLoad.Transport;

/// <summary>An option of each socket with an <c>int</c> as its value, set before the connect. The same numbers on every transport (Linux:
/// asm-generic/socket.h, linux/tcp.h).</summary>
/// <param name="Key">The key of the run file.</param>
/// <param name="Level">As for <c>setsockopt</c>.</param>
/// <param name="Name">As for <c>setsockopt</c>.</param>
/// <param name="Value">Likewise.</param>
public readonly record struct SocketOption(string Key, int Level, int Name, int Value)
{
    private const int SocketLevel = 1;
    private const int Tcp = 6;
    private const int SO_SNDBUF = 7;
    private const int SO_RCVBUF = 8;
    private const int TCP_KEEPIDLE = 4;
    private const int TCP_KEEPINTVL = 5;
    private const int TCP_USER_TIMEOUT = 18;
    private const int TCP_FASTOPEN_CONNECT = 30;

    /// <summary>The kernel's buffer of what was sent and not acknowledged.</summary>
    public static SocketOption SendBuffer(string key, int bytes) => new(key, SocketLevel, SO_SNDBUF, bytes);

    /// <summary>The kernel's buffer of what was received and not read.</summary>
    public static SocketOption ReceiveBuffer(string key, int bytes) => new(key, SocketLevel, SO_RCVBUF, bytes);

    /// <summary>Idle time before the first probe, and time between probes.</summary>
    public static IEnumerable<SocketOption> KeepAlivePeriod(string key, TimeSpan period) =>
        [new(key, Tcp, TCP_KEEPIDLE, (int)period.TotalSeconds), new(key, Tcp, TCP_KEEPINTVL, (int)period.TotalSeconds)];

    /// <summary>How long sent bytes may stay without an acknowledgement.</summary>
    public static SocketOption UserTimeout(string key, TimeSpan time) => new(key, Tcp, TCP_USER_TIMEOUT, (int)time.TotalMilliseconds);

    /// <summary>The SYN waits for the first command, and carries it once the server has given a cookie.</summary>
    public static SocketOption FastOpen(string key) => new(key, Tcp, TCP_FASTOPEN_CONNECT, 1);

    /// <summary>True if a Unix socket has it too.</summary>
    public bool IsOfEverySocket => Level == SocketLevel;

    /// <summary>The first option that this machine does not take, and why; null if it takes them all.</summary>
    public static (SocketOption Option, string Reason)? Refused(IReadOnlyCollection<SocketOption> options)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (options.First(), "only Linux has this option");
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        foreach (var option in options)
        {
            if (option.WhyRefused(socket) is { } reason)
            {
                return (option, reason);
            }
        }

        return null;
    }

    /// <summary>What to do about a refusal.</summary>
    public static string RemedyOf(SocketOption option) => option switch
    {
        (_, Tcp, TCP_FASTOPEN_CONNECT, _) => "sysctl -w net.ipv4.tcp_fastopen=1, or off",
        (_, SocketLevel, SO_SNDBUF, var bytes) => $"sysctl -w net.core.wmem_max={bytes}, a smaller buffer, or 0B",
        (_, SocketLevel, SO_RCVBUF, var bytes) => $"sysctl -w net.core.rmem_max={bytes}, a smaller buffer, or 0B",
        _ => "0s leaves it to the kernel",
    };

    /// <summary>Sets it.</summary>
    public void SetOn(Socket socket)
    {
        var value = Value;
        socket.SetRawSocketOption(Level, Name, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
    }

    private string? WhyRefused(Socket socket)
    {
        try
        {
            SetOn(socket);
        }
        catch (SocketException refusal)
        {
            return this is (_, Tcp, TCP_FASTOPEN_CONNECT, _) && refusal.SocketErrorCode == SocketError.OperationNotSupported
                ? "this kernel is set to send no fast opens: net.ipv4.tcp_fastopen lacks bit 1"
                : $"this kernel refuses it: {refusal.Message}";
        }

        // The kernel doubles a buffer, and cuts it in silence.
        Span<int> kept = [0];
        socket.GetRawSocketOption(Level, Name, MemoryMarshal.AsBytes(kept));
        return Level == SocketLevel && kept[0] / 2 < Value
            ? $"this kernel cuts it to {kept[0] / 2} bytes: net.core.{(Name == SO_SNDBUF ? "wmem_max" : "rmem_max")} is smaller" : null;
    }
}
