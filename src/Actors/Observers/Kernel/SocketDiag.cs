using System.Net;
using System.Runtime.InteropServices;
using ActorLoad.Observers.Kernel.SockDiag;

namespace ActorLoad.Observers.Kernel;

/// <summary>
/// Counts the sockets of some endpoints by asking the kernel (netlink <c>sock_diag</c>), which picks them out by port: 20,000 of them cost a
/// fraction of what reading <c>/proc/net/tcp</c> does. Opened once; a reading needs no descriptor and allocates nothing for each socket. Never
/// throws. One thread at a time.
/// </summary>
public sealed class SocketDiag : IDisposable
{
    private const string Subject = "sock_diag";
    private const byte AF_INET = 2;
    private const byte AF_INET6 = 10;
    private const byte IPPROTO_TCP = 6;
    private const int Attempts = 3;

    // An answer comes in pieces as large as the reader's buffer, 32 KB at most; a smaller buffer after a larger one would cut them.
    private const int BufferSize = 64 * 1024;

    // No table has more pieces: 250 sockets in each.
    private const int MaxPieces = 100_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);
    private static readonly uint _listening = 1u << (int)TcpState.Listening;

    private readonly WatchedEndpoints _watched;
    private readonly NetlinkSocket? _socket;
    private readonly string _problem;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly byte[][] _all;
    private readonly byte[][] _listeners;
    private uint _sequence;
    private bool _isUnfinished;

    /// <summary>Watches these endpoints; <see cref="IPAddress.Any"/> stands for every address of its port.</summary>
    public SocketDiag(IEnumerable<IPEndPoint> endpoints)
        : this(endpoints, IPPROTO_TCP)
    {
    }

    internal SocketDiag(IEnumerable<IPEndPoint> endpoints, byte protocol)
    {
        _watched = new WatchedEndpoints(endpoints);
        _socket = NetlinkSocket.Open(_patience, out _problem);
        var states = TcpStates.OfConnections.Aggregate(_listening, (bits, state) => bits | (1u << (int)state));
        _all = Requests(states);
        _listeners = Requests(_listening);

        byte[][] Requests(uint states) => _watched.Ports.Count == 0 ? [] :
            [.. new[] { AF_INET, AF_INET6 }.Select(family => DiagRequest.Create(family, protocol, states, _watched.Ports))];
    }

    /// <summary>All sockets of the endpoints: 15 ms of one core for 20,000. Null, with a note, if the kernel does not tell.</summary>
    public SocketCounts? Read(UnseenNotes unseen) => Ask(_all, unseen);

    /// <summary>Only the listeners and their accept queues: 20 us. Null, with a note, if the kernel does not tell.</summary>
    public SocketCounts? ReadListeners(UnseenNotes unseen) => Ask(_listeners, unseen);

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private SocketCounts? Ask(byte[][] requests, UnseenNotes unseen)
    {
        if (_socket is null)
        {
            unseen.Add(Subject, $"Socket states and accept queues were not seen: sock_diag cannot be asked ({_problem}).");
            return null;
        }

        for (var attempt = 1; ; attempt++)
        {
            var counts = new SocketCounts();
            var isTorn = false;
            foreach (var request in requests)
            {
                if (Ask(_socket, request, counts, ref isTorn) is { } error)
                {
                    unseen.Add(Subject, $"Socket states and accept queues were not seen all the time: sock_diag refused ({error}).");
                    return null;
                }
            }

            if (!isTorn)
            {
                return counts;
            }

            if (attempt == Attempts)
            {
                unseen.Add($"{Subject}, torn", "Socket states were counted while the kernel's table changed (sock_diag): some may be missing.");
                return counts;
            }
        }
    }

    private string? Ask(NetlinkSocket socket, byte[] request, SocketCounts counts, ref bool isTorn)
    {
        if (_isUnfinished)
        {
            Drain(socket);
        }

        MemoryMarshal.Write(request.AsSpan(DiagRequest.SequenceOffset), ++_sequence);
        var sent = socket.Send(request);
        if (sent < 0)
        {
            return Describe(-sent);
        }

        var answer = new DiagAnswer(_watched, _sequence, counts);
        _isUnfinished = true;
        for (var piece = 0; piece < MaxPieces && !answer.IsDone; piece++)
        {
            var length = socket.Receive(_buffer);
            if (length == -NetlinkSocket.ENOBUFS)
            {
                isTorn = true; // a piece was lost, and the rest is still to come
            }
            else if (length < 0)
            {
                return length == -NetlinkSocket.EAGAIN ? $"no answer within {_patience.TotalSeconds:0} s" : Describe(-length);
            }
            else
            {
                answer.Take(_buffer, length);
            }
        }

        _isUnfinished = !answer.IsDone;
        isTorn |= answer.IsTorn || !answer.IsDone;
        return answer.Error == 0 ? null : Describe(answer.Error);
    }

    // What is left of an answer that was given up; the kernel takes no new request before it has been read.
    private void Drain(NetlinkSocket socket)
    {
        for (var piece = 0; piece < MaxPieces && socket.Receive(_buffer, wait: false) >= 0; piece++)
        {
            // Nobody wants it.
        }

        _isUnfinished = false;
    }

    private static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)}, errno {errno}";
}
