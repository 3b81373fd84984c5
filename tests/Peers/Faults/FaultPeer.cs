using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorLoad.Peers.Kernel;

namespace ActorLoad.Peers.Faults;

/// <summary>A real listener on loopback that misbehaves on purpose; the kinds of misbehaviour are in <c>FaultKinds.cs</c>.</summary>
public sealed partial class FaultPeer : IAsyncDisposable
{
    private readonly Socket _listener = FreshPort.Bound();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<long, Task> _serving = new();
    private readonly ConcurrentQueue<Exception> _bugs = new();
    private readonly List<(long Count, TaskCompletionSource Reached)> _waiters = [];
    private readonly Lock _gate = new();
    private readonly Func<PeerConnection, CancellationToken, Task>? _serve;
    private readonly Task _accepting;
    private Socket? _filler;
    private long _accepted;
    private bool _disposed;

    // A null backlog does not listen at all; a null script never accepts.
    private FaultPeer(int? backlog, Func<PeerConnection, CancellationToken, Task>? serve)
    {
        _serve = serve;
        _listener.NoDelay = true; // accepted sockets inherit it
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        if (backlog is { } length)
        {
            _listener.Listen(length);
        }

        _accepting = serve is null ? Task.CompletedTask : AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    public int Port => EndPoint.Port;

    /// <summary>The endpoint as run files and <c>--target</c> write it.</summary>
    public string Target => $"127.0.0.1:{Port}";

    /// <summary>Connections accepted so far. A client may know that it is connected before this shows it: see <see cref="AcceptedAsync"/>.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Completes when at least <paramref name="count"/> connections were accepted.</summary>
    public Task AcceptedAsync(long count)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            ServeWaiters();
            return reached.Task;
        }
    }

    /// <summary>Ends the listener and every connection; throws what a script threw that was not its client's doing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_serving.Values);
        _filler?.Dispose();
        _listener.Dispose();
        _stop.Dispose();
        if (!_bugs.IsEmpty)
        {
            throw new AggregateException("a scripted peer failed", _bugs);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                var number = Interlocked.Increment(ref _accepted);
                _serving[number] = ServeAsync(new PeerConnection(socket, number));
                lock (_gate)
                {
                    ServeWaiters();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
        catch (SocketException e)
        {
            _bugs.Enqueue(e); // no descriptor left, say: the test's own trouble, told when it ends
        }
    }

    private async Task ServeAsync(PeerConnection connection)
    {
        try
        {
            await Task.Yield(); // the next accept does not wait for this script
            await _serve!(connection, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            // The client has gone, as clients that abort do.
        }
        catch (Exception e)
        {
            _bugs.Enqueue(e);
        }
        finally
        {
            connection.Dispose();
            _serving.TryRemove(connection.Number, out _);
        }
    }

    private void ServeWaiters() => _waiters.RemoveAll(waiter => Accepted >= waiter.Count && waiter.Reached.TrySetResult());
}
