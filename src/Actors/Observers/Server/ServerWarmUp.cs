namespace ActorLoad.Observers.Server;

/// <summary>Runs what a reading runs until the runtime has compiled it for good: in a storm that would cost 300 ms of CPU in its first second.</summary>
internal static class ServerWarmUp
{
    // .NET counts calls from 100 ms after it first compiled something, compiles again what was called 30 times, and does so in the background.
    private const int Readings = 40;
    private static readonly TimeSpan BeforeCounting = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan WhileCompiling = TimeSpan.FromMilliseconds(300);

    private static int _isDone;

    /// <summary>Takes some readings, the first time in this process; throws as <see cref="ServerSession.ReadAsync"/> does.</summary>
    public static async Task OnceAsync(ServerSession session, TimeProvider time, CancellationToken stop)
    {
        if (Interlocked.Exchange(ref _isDone, 1) == 1)
        {
            return;
        }

        await Task.Delay(BeforeCounting, time, stop).ConfigureAwait(false);
        for (var i = 0; i < Readings; i++)
        {
            await session.ReadAsync().ConfigureAwait(false);
        }

        await Task.Delay(WhileCompiling, time, stop).ConfigureAwait(false);
    }
}
