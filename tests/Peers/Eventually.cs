using Xunit;

namespace ActorLoad.Peers;

/// <summary>What the kernel does in its own time. A close, too: while another test starts a process, that process holds every socket of this one.</summary>
public static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Between two looks: whoever only looks takes the processor from what is looked at, and from the other tests.</summary>
    public static Task PauseAsync() => Task.Delay(_pause);

    /// <summary>Reads until it is so; fails with what it is instead if it never becomes so.</summary>
    public static async Task IsAsync<T>(T expected, Func<T> read)
    {
        var started = TimeProvider.System.GetTimestamp();
        var actual = read();
        while (!EqualityComparer<T>.Default.Equals(expected, actual) && TimeProvider.System.GetElapsedTime(started) < _patience)
        {
            await PauseAsync();
            actual = read();
        }

        Assert.Equal(expected, actual);
    }

    /// <summary>Asks until the answer is yes; throws a <see cref="TimeoutException"/> that names what did not come.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> ask, Func<string>? what = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await ask())
        {
            if (TimeProvider.System.GetElapsedTime(started) >= _patience)
            {
                throw new TimeoutException(what?.Invoke() ?? "it never became so");
            }

            await PauseAsync();
        }
    }
}
