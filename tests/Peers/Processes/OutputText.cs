using System.Text;

namespace ActorLoad.Peers.Processes;

/// <summary>What a process wrote to one of its streams so far, exactly, with a way to wait for a line.</summary>
internal sealed class OutputText
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly List<Waiter> _waiters = [];
    private bool _ended;

    public override string ToString()
    {
        lock (_gate)
        {
            return _text.ToString();
        }
    }

    /// <summary>The first complete line that matches, written already or later; null when the stream ends without one.</summary>
    public Task<string?> LineAsync(Func<string, bool> matches)
    {
        var waiter = new Waiter(matches);
        lock (_gate)
        {
            _waiters.Add(waiter);
            Serve();
        }

        return waiter.Found.Task;
    }

    public async Task PumpAsync(StreamReader reader)
    {
        var block = new char[4096];
        try
        {
            for (int read; (read = await reader.ReadAsync(block)) > 0;)
            {
                lock (_gate)
                {
                    _text.Append(block, 0, read);
                    Serve();
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _ended = true;
                Serve();
            }
        }
    }

    private void Serve()
    {
        if (_waiters.Count == 0)
        {
            return;
        }

        var text = _text.ToString();
        _waiters.RemoveAll(waiter => waiter.IsServedBy(text, _ended));
    }

    private sealed class Waiter(Func<string, bool> matches)
    {
        private int _scanned;

        public TaskCompletionSource<string?> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsServedBy(string text, bool ended)
        {
            for (int end; (end = text.IndexOf('\n', _scanned)) >= 0; _scanned = end + 1)
            {
                var line = text[_scanned..end].TrimEnd('\r');
                if (matches(line))
                {
                    return Found.TrySetResult(line);
                }
            }

            return ended && Found.TrySetResult(null);
        }
    }
}
