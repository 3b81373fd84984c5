using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using ActorLoad.Transport;
using ActorLoad.Transport.Tls;

namespace ActorLoad.Observers.Server;

/// <summary>A TCP connection that takes one question at a time. It reads at all times, so that it notices at once when the server ends
/// it.</summary>
/// <remarks>.NET may run what follows a read on the thread that polls the sockets of a storm. So everything but the time of the read goes
/// on in the thread pool.</remarks>
internal sealed class ServerLine : IDisposable
{
    /// <summary>The end that is ours, and says nothing about the server.</summary>
    public const string GivenUp = "was given up by its observer";

    // INFO is a few kB. A server that can be asked does not send more than this.
    private const int LargestAnswer = 4 * 1024 * 1024;
    private const int ReadBytes = 16 * 1024;
    private const int QuotedBytes = 256;
    private const string TypesOfResp = "+-:$*_,#!=(%~|>";

    private readonly Socket _socket;
    private readonly SslStream? _tls;
    private readonly TimeProvider _time;
    private readonly AnswerGuard _guard = new(LargestAnswer);
    private readonly ArrayBufferWriter<byte> _heard = new();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _gate = new();
    private TaskCompletionSource<ServerAnswer?>? _asking;
    private bool _wasAsked;
    private long _heardAt;

    /// <summary>Takes over a socket that is connected, and the TLS over it, if any.</summary>
    public ServerLine(Socket socket, TimeProvider time, SslStream? tls = null)
    {
        (_socket, _tls, _time, _heardAt) = (socket, tls, time, time.GetTimestamp());
        _ = ListenAsync();
    }

    /// <summary>How it ended, such as <c>closed the connection</c>.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>How it ended; null if it has not.</summary>
    public string? End => _ended.Task.IsCompleted ? _ended.Task.Result : null;

    /// <summary>True if the server hung up. False while it is open, and if it ended because of what the server said, or because we closed
    /// it.</summary>
    public bool HasHungUp { get; private set; }

    /// <summary>True if the server said anything.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>What the server said last, if it does not even begin as RESP does: its first line. Otherwise null.</summary>
    public string? Foreign { get; private set; }

    /// <summary>When the last bytes came: a timestamp.</summary>
    public long HeardAt => Interlocked.Read(ref _heardAt);

    /// <summary>How often this machine's kernel has sent a segment of it again; 0 where that cannot be read, and once it is
    /// closed.</summary>
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
                var length = _socket.GetRawSocketOption(TcpInfo.Level, TcpInfo.Option, info);
                return length == info.Length ? BinaryPrimitives.ReadUInt32LittleEndian(info[TcpInfo.TotalResent..]) : 0;
            }
            catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
            {
                return 0; // it has ended meanwhile
            }
        }
    }

    /// <summary>Sends a command and waits for its answer, as long as that takes; null if the connection ended first.</summary>
    public async Task<ServerAnswer?> AskAsync(byte[] command)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var asking = new TaskCompletionSource<ServerAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                var isFirst = !_wasAsked;
                (_asking, _wasAsked) = (asking, true);
                if (isFirst && _guard.IsWhole && _heard.WrittenCount > 0)
                {
                    EndIf(Answer()); // a server that is full says so before it is asked
                }
                else if (End is not null)
                {
                    return null;
                }
            }

            if (!asking.Task.IsCompleted)
            {
                await SendAsync(command).ConfigureAwait(false);
            }

            return await asking.Task.ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends it with a RST: the socket lingers for no time.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        _tls?.Dispose();
        EndIf(GivenUp);
    }

    private async Task SendAsync(byte[] command)
    {
        try
        {
            if (_tls is null)
            {
                await _socket.SendAsync(command).ConfigureAwait(false);
            }
            else
            {
                await _tls.WriteAsync(command).ConfigureAwait(false);
            }
        }
        catch (Exception cause) when (cause is SocketException or IOException or ObjectDisposedException)
        {
            // The read fails too, and knows why.
        }

        await Task.Yield();
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[ReadBytes];
        while (End is null)
        {
            try
            {
                var count = _tls is null ? await _socket.ReceiveAsync(buffer).ConfigureAwait(false)
                    : await _tls.ReadAsync(buffer).ConfigureAwait(false);
                Interlocked.Exchange(ref _heardAt, _time.GetTimestamp());
                await Task.Yield();
                EndIf(count == 0 ? "closed the connection" : Take(buffer.AsSpan(0, count)), isHangUp: count == 0);
            }
            catch (Exception cause) when (cause is SocketException or IOException or ObjectDisposedException)
            {
                await Task.Yield();
                var reason = (cause as SocketException ?? cause.InnerException as SocketException)?.SocketErrorCode switch
                {
                    null when cause is IOException => $"ended the connection ({TlsTrouble.Of(cause)})",
                    null or SocketError.OperationAborted => GivenUp,
                    SocketError.ConnectionReset => "reset the connection",
                    _ => $"ended the connection ({cause.Message})",
                };
                EndIf(reason, isHangUp: reason != GivenUp);
            }
        }
    }

    // Says what is wrong with these bytes, or null.
    private string? Take(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            HasSpoken = true;
            _heard.Write(bytes);
            if (_guard.Follow(bytes) is { } wrong)
            {
                Foreign = ForeignLine();
                return wrong;
            }

            if (_heard.WrittenCount > LargestAnswer)
            {
                return string.Create(CultureInfo.InvariantCulture, $"sent more than {LargestAnswer >> 20} MB for one answer");
            }

            return !_guard.IsWhole ? null
                : _asking is not null ? Answer()
                : _wasAsked ? "sent an answer to no question" : null;
        }
    }

    private string? Answer()
    {
        var rest = _heard.WrittenSpan;
        _asking!.SetResult(ServerAnswer.Take(ref rest));
        _asking = null;
        var isAlone = rest.IsEmpty;
        _heard.ResetWrittenCount();
        return isAlone ? null : "sent more than one answer to a question";
    }

    private string? ForeignLine()
    {
        var said = Encoding.UTF8.GetString(_heard.WrittenSpan[..Math.Min(_heard.WrittenCount, QuotedBytes)]);
        var line = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return line is null || TypesOfResp.Contains(line[0]) ? null : line;
    }

    private void EndIf(string? reason, bool isHangUp = false)
    {
        lock (_gate)
        {
            if (reason is not null && End is null)
            {
                HasHungUp = isHangUp;
                _ended.SetResult(reason);
                _asking?.SetResult(null);
                _asking = null;
            }
        }
    }
}
