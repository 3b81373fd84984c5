using Xunit;

namespace ActorLoad.Actors.Tests;

/// <summary>What the kernel does in its own time. A close, too: while another test starts a process, that process holds every socket of this one.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <summary>Reads until it is so; fails with what it is instead if it never becomes so.</summary>
    public static async Task IsAsync<T>(T expected, Func<T> read)
    {
        var started = TimeProvider.System.GetTimestamp();
        var actual = read();
        while (!EqualityComparer<T>.Default.Equals(expected, actual) && TimeProvider.System.GetElapsedTime(started) < _patience)
        {
            await Task.Yield();
            actual = read();
        }

        Assert.Equal(expected, actual);
    }
}
