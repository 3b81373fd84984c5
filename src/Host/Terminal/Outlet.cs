using System.Runtime.InteropServices;
using System.Text;

namespace ActorLoad.Hosting.Terminal;

/// <summary>One way out of this process, such as stdout. A thread of its own writes the texts in order, so that a reader who is slow,
/// paused or gone blocks no other thread.</summary>
/// <param name="write">Writes all of it and returns 0 or the error number; may block for ever.</param>
/// <param name="isView">True for progress and logs: a text that does not fit is dropped, and a failed write is ignored. False for
/// results: the caller waits for room, and nothing is written after the first problem, so that no result has a hole.</param>
/// <param name="time">Measures how long a reader has taken nothing.</param>
internal sealed class Outlet(Func<byte[], int> write, bool isView, TimeProvider time)
{
    /// <summary>At the end of the process, how long to wait for a reader who takes nothing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    // How far a reader may lag behind.
    private const int Capacity = 1 << 20;

    // The capacity of a pipe: a reader's progress shows in such steps.
    private const int Piece = 1 << 16;

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(20);

    private readonly object _gate = new();
    private readonly Queue<byte[]> _pieces = new();
    private Thread? _writer;
    private int _bytes;
    private long _progressAt;
    private bool _isHurried;

    /// <summary>Why output is incomplete; null while it is complete. Always null for a view.</summary>
    public string? Problem { get; private set; }

    /// <summary>True if all is written.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _pieces.Count == 0;
            }
        }
    }

    /// <summary>Takes a text.</summary>
    public void Put(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        lock (_gate)
        {
            if (isView && _bytes + bytes.Length > Capacity)
            {
                return;
            }

            if (WaitUntil(() => _bytes < Capacity, _isHurried) && Problem is null)
            {
                foreach (var piece in bytes.Chunk(Piece))
                {
                    _pieces.Enqueue(piece);
                    _bytes += piece.Length;
                }

                Start();
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits until all is written: for results without a limit, unless <see cref="Hurry"/> was called.</summary>
    /// <returns>True if nothing is missing.</returns>
    public bool Flush()
    {
        lock (_gate)
        {
            return WaitUntil(() => _pieces.Count == 0, isView) && Problem is null;
        }
    }

    /// <summary>The process wants to end: from now on, waits for a reader who takes nothing no longer than
    /// <see cref="Patience"/>.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _isHurried = true;
            _progressAt = time.GetTimestamp();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Drops the rest, which has no reader any more. That is not a problem.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _pieces.Clear();
            (_bytes, Problem) = (0, null);
        }
    }

    private bool WaitUntil(Func<bool> isTrue, bool isLimited)
    {
        _progressAt = time.GetTimestamp();
        while (!isTrue() && Problem is null)
        {
            if ((isLimited || _isHurried) && time.GetElapsedTime(_progressAt) >= Patience)
            {
                GiveUp("nobody reads it");
                return false;
            }

            Monitor.Wait(_gate, _look);
        }

        return true;
    }

    private void Start()
    {
        if (_writer is not null)
        {
            return;
        }

        try
        {
            var writer = new Thread(WriteForEver) { IsBackground = true, Name = "outlet" };
            writer.Start();
            _writer = writer;
        }
        catch (OutOfMemoryException)
        {
            // No more threads are allowed, but the message about that must still be written.
            while (_pieces.TryPeek(out var piece))
            {
                Count(piece, write(piece));
            }
        }
    }

    private void WriteForEver()
    {
        while (true)
        {
            byte[]? piece;
            lock (_gate)
            {
                while (!_pieces.TryPeek(out piece))
                {
                    Monitor.Wait(_gate);
                }
            }

            var error = write(piece);
            lock (_gate)
            {
                Count(piece, error);
            }
        }
    }

    /// <summary>A piece was written, or is given up.</summary>
    private void Count(byte[] piece, int error)
    {
        if (_pieces.TryPeek(out var first) && ReferenceEquals(first, piece))
        {
            _pieces.Dequeue();
            _bytes -= piece.Length;
        }

        _progressAt = time.GetTimestamp();
        if (error != 0 && !isView)
        {
            GiveUp(Marshal.GetPInvokeErrorMessage(error));
        }

        Monitor.PulseAll(_gate);
    }

    private void GiveUp(string problem)
    {
        Problem ??= isView ? null : problem;
        _pieces.Clear();
        _bytes = 0;
    }
}
