using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorLoad.Transport;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace ActorLoad.Observers.Server;

/// <summary>The one connection of a client library to a server, and what was heard on it.</summary>
/// <remarks>.NET may run what follows a read on the thread that polls the sockets of a storm: here it goes on in the thread pool, but for the
/// copy of a server's first words.</remarks>
internal sealed class ServerStream(Socket socket, TimeProvider time) : NetworkStream(socket, ownsSocket: true)
{
    // INFO is a few kB. Whatever sends more is no server that can be asked.
    private const int LargestReply = 4 * 1024 * 1024;
    private const int HeardBytes = 256;
    private const string TypesOfResp = "+-:$*_,#!=(%~|>";

    private readonly AnswerGuard _guard = new(LargestReply);
    private readonly byte[] _heard = new byte[HeardBytes];
    private int _heardBytes;
    private long _allowed = LargestReply;
    private long _heardAt = time.GetTimestamp();
    private volatile string? _end;

    /// <summary>How it ended, once, on a thread of the pool: "closed the connection".</summary>
    public Action<string>? Ended { get; set; }

    /// <summary>How it ended; null if it has not.</summary>
    public string? End => _end;

    /// <summary>True if the server ended it, not we: for what it said, or because nobody wanted it any more.</summary>
    public bool HasHungUp { get; private set; }

    /// <summary>The first thing that the server said, as it said it: an error's text, or the line itself if it is not RESP; null if it was neither.</summary>
    public (string Text, bool IsResp)? Complaint
    {
        get
        {
            var lines = Encoding.UTF8.GetString(_heard, 0, Volatile.Read(ref _heardBytes)).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length == 0)
            {
                return null;
            }

            if (!TypesOfResp.Contains(lines[0][0]))
            {
                return (lines[0], false);
            }

            return lines.FirstOrDefault(line => line[0] == '-') is { } error ? (error[1..], true) : null;
        }
    }

    /// <summary>The end that is ours and tells nothing of the server.</summary>
    public const string GivenUp = "was given up by its observer";

    /// <summary>True if the server said anything.</summary>
    public bool HasSpoken => Volatile.Read(ref _heardBytes) > 0;

    /// <summary>How often this machine's kernel has sent a segment of it again; 0 where that cannot be had, and once it is closed.</summary>
    public long Resent
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return 0;
            }

            Span<byte> info = stackalloc byte[TcpInfo.TotalResent + sizeof(uint)];
            try
            {
                return Socket.GetRawSocketOption(TcpInfo.Level, TcpInfo.Option, info) == info.Length ? BinaryPrimitives.ReadUInt32LittleEndian(info[TcpInfo.TotalResent..]) : 0;
            }
            catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
            {
                return 0; // it has ended meanwhile
            }
        }
    }

    /// <summary>When the last bytes came, before anything else was done: a timestamp.</summary>
    public long HeardAt => Interlocked.Read(ref _heardAt);

    /// <summary>A question is asked: the answer may be as long as answers are.</summary>
    public void Asked() => Interlocked.Exchange(ref _allowed, LargestReply);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            Interlocked.Exchange(ref _heardAt, time.GetTimestamp());
            Keep(buffer.Span[..count]); // at once: who is told of a write that failed meanwhile asks why the server hung up
        }
        catch (Exception cause) when (cause is IOException or ObjectDisposedException or OperationCanceledException)
        {
            await Task.Yield();
            var reason = (cause.InnerException as SocketException)?.SocketErrorCode switch
            {
                SocketError.ConnectionReset => "reset the connection",
                SocketError.OperationAborted => GivenUp,
                _ => cause is IOException ? $"ended the connection ({cause.InnerException?.Message ?? cause.Message})" : GivenUp,
            };
            EndWith(reason, isHangUp: reason != GivenUp);
            throw;
        }

        await Task.Yield();
        Judge(buffer.Span[..count]);
        return count;
    }

    // The client library reads no other way; these would pass by the thread pool and the limit.
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Ends it with a RST: a network stream would say FIN first.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Socket.Close();
        }

        base.Dispose(disposing);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes[..Math.Min(bytes.Length, HeardBytes - _heardBytes)];
        kept.CopyTo(_heard.AsSpan(_heardBytes));
        Volatile.Write(ref _heardBytes, _heardBytes + kept.Length);
    }

    private void Judge(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            EndWith("closed the connection", isHangUp: true);
            return;
        }

        var reason = Interlocked.Add(ref _allowed, -bytes.Length) < 0
            ? string.Create(CultureInfo.InvariantCulture, $"sent more than {LargestReply >> 20} MB for one answer")
            : _guard.Follow(bytes);
        if (reason is not null)
        {
            EndWith(reason, isHangUp: false);
            throw new IOException(reason);
        }
    }

    private void EndWith(string reason, bool isHangUp)
    {
        if (_end is null)
        {
            HasHungUp = isHangUp;
            _end = reason;
            Ended?.Invoke(reason);
        }
    }
}

/// <summary>Gives a client library its one connection, and never a second: when to connect again is not for the library to say.</summary>
internal sealed class ServerTunnel(Stream stream) : Tunnel
{
    private int _taken;

    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _taken) == 1 ? default : ValueTask.FromException<EndPoint?>(new IOException("an observer has one connection"));

    public override ValueTask<Stream?> BeforeAuthenticateAsync(
        EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken) => new(stream);
}
