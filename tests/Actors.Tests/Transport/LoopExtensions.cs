using ActorLoad.Peers;
using ActorLoad.Transport;
using Akka.Dispatch;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>Loops and links belong to the loop's thread: this is how a test gets there and back.</summary>
internal static class LoopExtensions
{
    /// <summary>Runs <paramref name="work"/> on the loop; what it throws, it throws here.</summary>
    public static Task<T> OnLoopAsync<T>(this TransportLoop loop, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Execute(new ActionRunnable(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception cause)
            {
                done.SetException(cause);
            }
        }));
        return done.Task;
    }

    /// <summary>Asks on the loop, turn after turn, until it is so; throws <see cref="TimeoutException"/> if it never is.</summary>
    public static async Task UntilAsync(this TransportLoop loop, Func<bool> isSo)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !await loop.OnLoopAsync(isSo);)
        {
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException("the loop never was as it should be");
            }

            await Eventually.PauseAsync();
        }
    }

    /// <summary>Runs <paramref name="work"/> on the loop; what it throws, it throws here.</summary>
    public static Task OnLoopAsync(this TransportLoop loop, Action work) => loop.OnLoopAsync(() =>
    {
        work();
        return true;
    });
}
