using ActorLoad.Runs;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>A target that is ready when the spec says so.</summary>
internal sealed class TargetDouble(bool heedsCancellation = true) : ITarget
{
    private readonly TaskCompletionSource<ResolvedTarget> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _disposals;

    /// <summary>Ended when somebody has asked for the target.</summary>
    public Task Opening => _opening.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Ended when the target has been disposed.</summary>
    public Task Disposed => _disposed.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public bool IsAskedFor => _opening.Task.IsCompleted;

    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>Thrown by each disposal, before it awaits anything.</summary>
    public Exception? DisposalFailure { get; init; }

    public static TargetDouble Ready()
    {
        var target = new TargetDouble();
        target.Open();
        return target;
    }

    public void Open() => _opened.SetResult(RunSettingsBuilder.Target);

    public void Fail(Exception cause) => _opened.SetException(cause);

    public Task<ResolvedTarget> OpenAsync(CancellationToken cancellation)
    {
        _opening.TrySetResult();
        return _opened.Task.WaitAsync(heedsCancellation ? cancellation : CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        _disposed.TrySetResult();
        return DisposalFailure is { } failure ? throw failure : ValueTask.CompletedTask;
    }
}
