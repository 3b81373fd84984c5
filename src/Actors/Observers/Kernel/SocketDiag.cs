using System.Net;
using System.Runtime.InteropServices;
using ActorLoad.Observers.Kernel.SockDiag;

namespace ActorLoad.Observers.Kernel;

/// <summary>
/// Counts the sockets of some endpoints by asking the kernel (netlink <c>sock_diag</c>), which selects them by port. For 20,000 sockets
/// that costs a fraction of reading <c>/proc/net/tcp</c>. It is opened once; a reading needs no descriptor and allocates nothing for each
/// socket. Never throws. One thread at a time may use it.
/// </summary>
public sealed class SocketDiag : IDisposable
{
    private const string Subject = "sock_diag";
    private const int ENOENT = 2;
    private const int Attempts = 3;

    // An answer comes in pieces as large as the reader's buffer, at most 32 KB. A smaller buffer after a larger one would cut them.
    private const int BufferSize = 64 * 1024;

    // No table has more pieces. There are 250 sockets in each.
    private const int MaxPieces = 100_000;

    // Going through the whole table is faster if there are more listeners than this.
    private const int MaxLookUps = 16;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);
    private static readonly uint _listening = 1u << (int)TcpState.Listening;

    private readonly WatchedEndpoints _watched;
    private readonly IsOwnEnd? _isOurs;
    private readonly OwnFleets? _fleets;
    private readonly NetlinkSocket? _socket;
    private readonly string _problem;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly byte[][] _lookUps;
    private readonly Dump _all;
    private readonly Dump _listeners;
    private uint _sequence;
    private bool _isUnfinished;

    /// <summary>Watches these endpoints; <see cref="IPAddress.Any"/> stands for every address of its port.</summary>
    /// <param name="endpoints">What is watched.</param>
    /// <param name="isOurs">Tells whether a connection of the run ever had a local address and port; null if that is not known.</param>
    /// <param name="fleets">Tells the sockets of fleets apart; null if they are not counted apart.</param>
    public SocketDiag(IEnumerable<IPEndPoint> endpoints, IsOwnEnd? isOurs = null, OwnFleets? fleets = null)
        : this(endpoints, DiagRequest.TCPDIAG_GETSOCK, DiagRequest.IPPROTO_TCP, isOurs, fleets)
    {
    }

    internal SocketDiag(
        IEnumerable<IPEndPoint> endpoints, ushort messageType, byte protocol, IsOwnEnd? isOurs = null, OwnFleets? fleets = null)
    {
        (_isOurs, _fleets) = (isOurs, fleets);
        _watched = new WatchedEndpoints([.. endpoints]);
        _socket = NetlinkSocket.Open(_patience, out _problem);
        var all = TcpStates.OfConnections.Aggregate(_listening, (bits, state) => bits | (1u << (int)state));
        _all = new Dump(messageType, protocol, all, _watched.Ports);
        _listeners = new Dump(messageType, protocol, _listening, _watched.Ports);
        _lookUps = [.. _watched.Local.Select(local => DiagRequest.OfListener(local.Address.GetAddressBytes(), local.Port))];
    }

    /// <summary>All sockets of the endpoints: 1 ms of one core, and as much again for each thousand. Null, with a note, if the kernel does
    /// not tell.</summary>
    public SocketCounts? Read(UnseenNotes unseen) => Ask(_all, unseen);

    /// <summary>Only the listeners and their accept queues: 10 us for each. Null, with a note, if the kernel does not tell.</summary>
    public SocketCounts? ReadListeners(UnseenNotes unseen) =>
        _watched.IsExact && _lookUps.Length <= MaxLookUps ? LookUp(unseen) : Ask(_listeners, unseen);

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private SocketCounts? LookUp(UnseenNotes unseen)
    {
        var counts = new SocketCounts();
        foreach (var request in _lookUps)
        {
            var isTorn = false;
            if (_socket is null || Ask(_socket, request, counts, isForOne: true, ref isTorn) is not (null or ENOENT))
            {
                return Ask(_listeners, unseen); // this one notes what is wrong
            }
        }

        return counts;
    }

    private SocketCounts? Ask(Dump dump, UnseenNotes unseen)
    {
        if (_socket is null)
        {
            unseen.Add(Subject, $"Socket states and accept queues were not seen: sock_diag cannot be asked ({_problem}).");
            return null;
        }

        for (var attempt = 1; ; attempt++)
        {
            var (counts, isTorn) = (new SocketCounts(), false);
            if (_isOurs is not null)
            {
                counts.KnowPorts();
            }

            counts.KnowFleets(_fleets?.Names.Count ?? 0);

            if (AskAll(_socket, dump, counts, ref isTorn) is { } error)
            {
                if (dump.UseFamilies())
                {
                    continue;
                }

                unseen.Add(Subject, $"Socket states and accept queues were not seen all the time: sock_diag refused ({Describe(error)}).");
                return null;
            }

            if (!isTorn)
            {
                return counts;
            }

            if (attempt >= Attempts)
            {
                unseen.Add(
                    $"{Subject}, torn", "Socket states were counted while the kernel's table changed (sock_diag): some may be missing.");
                return counts;
            }
        }
    }

    private int? AskAll(NetlinkSocket socket, Dump dump, SocketCounts counts, ref bool isTorn)
    {
        foreach (var request in dump.Requests)
        {
            if (Ask(socket, request, counts, isForOne: false, ref isTorn) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    // The errno of what went wrong, or null.
    private int? Ask(NetlinkSocket socket, byte[] request, SocketCounts counts, bool isForOne, ref bool isTorn)
    {
        if (_isUnfinished)
        {
            Drain(socket);
        }

        MemoryMarshal.Write(request.AsSpan(DiagRequest.SequenceOffset), ++_sequence);
        var sent = socket.Send(request);
        if (sent < 0)
        {
            return -sent;
        }

        var answer = new DiagAnswer(_watched, _sequence, counts, isForOne, _isOurs, _fleets);
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
                return -length;
            }
            else
            {
                answer.Take(_buffer, length);
            }
        }

        _isUnfinished = !answer.IsDone;
        isTorn |= answer.IsTorn || !answer.IsDone;
        return answer.Error == 0 ? null : answer.Error;
    }

    // Reads the rest of an answer that was given up. Before that the kernel takes no new request.
    private void Drain(NetlinkSocket socket)
    {
        for (var piece = 0; piece < MaxPieces && socket.Receive(_buffer, wait: false) >= 0; piece++)
        {
            // The rest is not needed.
        }

        _isUnfinished = false;
    }

    private static string Describe(int errno) => errno == NetlinkSocket.EAGAIN
        ? $"no answer within {_patience.TotalSeconds:0} s" : $"{Marshal.GetPInvokeErrorMessage(errno)}, errno {errno}";

    /// <summary>A question for all sockets in some states. The older message asks for both families at once. Where a kernel no longer knows
    /// it, each family has a question of its own.</summary>
    private sealed class Dump(ushort messageType, byte protocol, uint states, IReadOnlyList<int> ports)
    {
        private bool _byFamily;

        public byte[][] Requests { get; private set; } = ports.Count == 0 ? [] : [DiagRequest.OfBothFamilies(messageType, states, ports)];

        /// <summary>Asks for each family from now on; false if it did so already.</summary>
        public bool UseFamilies()
        {
            if (_byFamily)
            {
                return false;
            }

            _byFamily = true;
            byte[] families = [DiagRequest.AF_INET, DiagRequest.AF_INET6];
            Requests = [.. families.Select(family => DiagRequest.OfFamily(family, protocol, states, ports))];
            return true;
        }
    }
}
