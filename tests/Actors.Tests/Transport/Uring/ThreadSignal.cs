using System.Runtime.InteropServices;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>A signal that does nothing but interrupt what one thread waits for in the kernel.</summary>
internal sealed class ThreadSignal : IDisposable
{
    private const int SigWinch = 28;

    // Without a handler the kernel would not interrupt anything for it.
    private readonly PosixSignalRegistration _handler = PosixSignalRegistration.Create((PosixSignal)SigWinch, _ => { });
    private readonly TaskCompletionSource<int> _thread = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void AimAtThisThread() => _thread.SetResult(ThreadId());

    /// <summary>Sends it again and again: nobody can see from outside whether the thread waits already.</summary>
    public async Task SendUntilAsync(Task ended)
    {
        if (await Task.WhenAny(_thread.Task, ended) == ended)
        {
            await ended; // it never came to wait
            return;
        }

        var thread = await _thread.Task;
        while (!ended.IsCompleted)
        {
            _ = Send(Environment.ProcessId, thread, SigWinch);
            await Task.Yield();
        }

        await ended;
    }

    public void Dispose() => _handler.Dispose();

    [DllImport("libc", EntryPoint = "gettid")]
    private static extern int ThreadId();

    [DllImport("libc", EntryPoint = "tgkill")]
    private static extern int Send(int process, int thread, int signal);
}
