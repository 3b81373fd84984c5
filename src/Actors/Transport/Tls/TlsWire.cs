using System.Buffers;
using System.Threading.Tasks.Sources;

namespace ActorLoad.Transport.Tls;

/// <summary>The encrypted side of a <see cref="TlsLink"/>, as the stream under an SslStream. A write is kept until bytes must come; then
/// both are one exchange of the link. A read that must wait ends on the loop's thread, as does what waits for it.</summary>
/// <param name="fetch">Begins an operation of the link that brings bytes.</param>
internal sealed class TlsWire(Action fetch) : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _reading;
    private Memory<byte> _destination;
    private bool _isReading;
    private byte[] _unread = [];
    private int _from;
    private int _to;
    private byte[] _unsent = [];

    /// <summary>Bytes that wait to be sent.</summary>
    public int Unsent { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Moves the bytes that wait to be sent.</summary>
    public void TakeUnsent(Span<byte> destination)
    {
        _unsent.AsSpan(0, Unsent).CopyTo(destination);
        Unsent = 0;
        GiveBack(ref _unsent);
    }

    /// <summary>Bytes have come from the link. A read that waits for them ends, and what waits for it runs.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        var direct = _isReading ? Math.Min(bytes.Length, _destination.Length) : 0;
        bytes[..direct].CopyTo(_destination.Span);
        Keep(bytes[direct..]);
        if (_isReading)
        {
            (_isReading, _destination) = (false, default);
            _reading.SetResult(direct);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_to > _from)
        {
            return new ValueTask<int>(TakeUnread(buffer.Span));
        }

        _reading.Reset();
        (_isReading, _destination) = (true, buffer);
        fetch();
        return new ValueTask<int>(this, _reading.Version);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_unsent.Length < Unsent + buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Unsent + buffer.Length);
            _unsent.AsSpan(0, Unsent).CopyTo(larger);
            GiveBack(ref _unsent);
            _unsent = larger;
        }

        buffer.CopyTo(_unsent.AsSpan(Unsent));
        Unsent += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A loop must not wait.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _reading.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        GiveBack(ref _unread);
        GiveBack(ref _unsent);
        (_from, _to, Unsent) = (0, 0, 0);
        base.Dispose(disposing);
    }

    private static void GiveBack(ref byte[] rented)
    {
        if (rented.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(rented);
            rented = [];
        }
    }

    private int TakeUnread(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _to - _from);
        _unread.AsSpan(_from, count).CopyTo(destination);
        _from += count;
        if (_from == _to)
        {
            (_from, _to) = (0, 0);
            GiveBack(ref _unread);
        }

        return count;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        var length = _to - _from;
        var kept = ArrayPool<byte>.Shared.Rent(length + bytes.Length);
        _unread.AsSpan(_from, length).CopyTo(kept);
        bytes.CopyTo(kept.AsSpan(length));
        GiveBack(ref _unread);
        (_unread, _from, _to) = (kept, 0, length + bytes.Length);
    }
}
