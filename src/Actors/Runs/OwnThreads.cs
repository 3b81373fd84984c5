using System.Threading.Channels;

namespace ActorLoad.Runs;

/// <summary>Threads for work that blocks or takes long, so that the pool's threads stay free. Their number is bounded; further work waits
/// for its turn. A thread ends with its work.</summary>
/// <param name="name">The threads' name.</param>
/// <param name="most">Most threads at once, 1 or more.</param>
public sealed class OwnThreads(string name, int most)
{
    private readonly Places _places = new(most);

    /// <summary>Does the work and waits for it. Rethrows its exception here.</summary>
    /// <param name="work">Runs to its end even if its caller gives up; until then it occupies its place.</param>
    /// <param name="turn">Longest wait for a free thread, before a <see cref="ThreadsBusyException"/>.</param>
    /// <param name="limit">Longest wait for the running work, before a <see cref="TimeoutException"/>.</param>
    /// <param name="time">Measures the limits.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<T> RunAsync<T>(Func<T> work, TimeSpan turn, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        if (!await _places.TakeAsync(turn, time, cancellation).ConfigureAwait(false))
        {
            throw new ThreadsBusyException($"all {most} threads for this work ({name}) were busy for {turn.TotalSeconds:0} s");
        }

        return await Start(work).WaitAsync(limit, time, cancellation).ConfigureAwait(false);
    }

    private Task<T> Start<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                var result = work();
                _places.GiveBack(); // before the caller hears of the end, and asks again
                done.SetResult(result);
            }
            catch (Exception failure)
            {
                _places.GiveBack();
                done.SetException(failure);
            }
        })
        { IsBackground = true, Name = name };
        try
        {
            thread.Start();
        }
        catch
        {
            _places.GiveBack();
            throw;
        }

        return done.Task;
    }
}

/// <summary>A fixed number of places, given in the order of requests.</summary>
/// <param name="most">The number of places, 1 or more.</param>
public sealed class Places(int most)
{
    // One item for each occupied place: a writer waits while it is full.
    private readonly Channel<bool> _taken = Channel.CreateBounded<bool>(most);

    /// <summary>Takes a place; false if none became free within <paramref name="patience"/>.</summary>
    public async Task<bool> TakeAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await _taken.Writer.WriteAsync(true, either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Gives a place back to the next in line.</summary>
    public void GiveBack() => _taken.Reader.TryRead(out _);
}

/// <summary>No thread or place became free in time.</summary>
public sealed class ThreadsBusyException(string message) : Exception(message);
