namespace ActorLoad.Observers.Server;

/// <summary>Takes readings until the runtime has optimized their code. In a storm that would cost 300 ms of CPU in the first
/// second.</summary>
internal static class ServerWarmUp
{
    // .NET counts calls once 100 ms have passed since it last compiled something new. After 30 calls it compiles a method again, in the
    // background.
    private const int Readings = 40;
    private static readonly TimeSpan BeforeCounting = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan WhileCompiling = TimeSpan.FromMilliseconds(300);

    private static int _isDone;

    /// <summary>Warms up, the first time in this process. Throws as <see cref="ServerSession.ReadAsync"/> does.</summary>
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
