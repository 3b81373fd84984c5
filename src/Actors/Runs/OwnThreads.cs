using System.Threading.Channels;

namespace ActorLoad.Runs;

/// <summary>Work that blocks or takes long: it gets a thread of its own, so that the pool's threads stay free for everybody else. At most
/// so many threads exist at once; other work waits for its turn. A thread ends with its work.</summary>
/// <param name="name">What the threads are called.</param>
/// <param name="most">Most threads at once, 1 or more.</param>
/// <param name="time">Measures the limits.</param>
public sealed class OwnThreads(string name, int most, TimeProvider time)
{
    private readonly Places _places = new(most);

    /// <summary>Does the work and waits for it. What it throws is thrown here.</summary>
    /// <param name="work">It runs to its end even if nobody waits for it any more: until then its place is taken.</param>
    /// <param name="turn">Longest wait for a free thread; then a <see cref="ThreadsBusyException"/> is thrown.</param>
    /// <param name="limit">Longest wait for the work since it began; then a <see cref="TimeoutException"/> is thrown.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<T> RunAsync<T>(Func<T> work, TimeSpan turn, TimeSpan limit, CancellationToken cancellation)
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
                _places.GiveBack(); // before anybody hears of the end, and asks again
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

/// <summary>So many places, taken in the order in which they are asked for.</summary>
/// <param name="most">How many, 1 or more.</param>
public sealed class Places(int most)
{
    // One item for each place that is taken: a writer waits while it is full.
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

    /// <summary>Gives a place back; the next in line has it.</summary>
    public void GiveBack() => _taken.Reader.TryRead(out _);
}

/// <summary>No thread became free in time, or no place.</summary>
public sealed class ThreadsBusyException(string message) : Exception(message);
