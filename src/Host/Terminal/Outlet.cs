using System.Runtime.InteropServices;
using System.Text;

namespace ActorLoad.Hosting.Terminal;

/// <summary>One way out of this process, such as stdout. A thread of its own writes what is put in, in order, so that a reader who is slow, paused
/// or gone stops nobody else.</summary>
/// <param name="write">Writes all of it and answers 0 or the number of the error; may block for ever.</param>
/// <param name="isView">True for progress and logs: what does not fit is dropped, and what cannot be written is passed over. False for
/// results: the caller waits for room, and after the first problem nothing more is written, so that nothing has a hole.</param>
/// <param name="time">Tells how long a reader has taken nothing.</param>
internal sealed class Outlet(Func<byte[], int> write, bool isView, TimeProvider time)
{
    /// <summary>At the end of the process, a reader who has taken nothing for this long is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    // How far a reader may lie behind.
    private const int Capacity = 1 << 20;

    // What a pipe takes: how far a reader came shows in such steps.
    private const int Piece = 1 << 16;

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(20);

    private readonly object _gate = new();
    private readonly Queue<byte[]> _pieces = new();
    private Thread? _writer;
    private int _bytes;
    private long _progressAt;
    private bool _isHurried;

    /// <summary>Why what was put in has not all been written; null while nothing is known to be missing. Always null for a view.</summary>
    public string? Problem { get; private set; }

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

    /// <summary>Waits until all is written: for results as long as it takes, unless <see cref="Hurry"/> was called.</summary>
    /// <returns>True if nothing is missing.</returns>
    public bool Flush()
    {
        lock (_gate)
        {
            return WaitUntil(() => _pieces.Count == 0, isView) && Problem is null;
        }
    }

    /// <summary>The process wants to end: from now on a reader who takes nothing is not waited for longer than <see cref="Patience"/>.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _isHurried = true;
            _progressAt = time.GetTimestamp();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Nobody wants what is still to be written: that is no problem.</summary>
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
            // No more threads are allowed: what says so must be written all the same.
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

    /// <summary>A piece has been written, or never will be.</summary>
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
