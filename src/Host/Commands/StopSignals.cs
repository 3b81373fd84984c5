using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>SIGINT, SIGTERM, SIGHUP and SIGQUIT: the first asks to stop. What follows within two seconds is the same wish, as <c>timeout</c> signals
/// its child and then the child's group. A later one ends the process at once with 130, after a last word.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "lives as long as the process: a signal may come on its last step, and must not kill it there")]
internal sealed class StopSignals
{
    private static readonly TimeSpan _sameWish = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _lastWordMayTake = TimeSpan.FromMilliseconds(200);

    // Static: a registration that nobody holds is collected, and ends.
    private static readonly List<PosixSignalRegistration> _registrations = [];

    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly Action _exit;
    private readonly Lock _gate = new();
    private long? _firstAt;
    private bool _isExiting;

    /// <summary>Listens until the process ends.</summary>
    public StopSignals()
        : this(TimeProvider.System, () => StandardDescriptors.Exit(ExitCodes.Interrupted))
    {
        // nohup means that the end of the terminal is none of ours; .NET keeps to what was ignored at the start for SIGINT and SIGQUIT alone.
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];
        var ignored = IgnoredSignals.HasHangUp() ? 1 : 0;
        _registrations.AddRange(signals.SkipLast(ignored).Select(signal => PosixSignalRegistration.Create(signal, Handle)));
    }

    internal StopSignals(TimeProvider time, Action exit) => (_time, _exit) = (time, exit);

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Requested => _stop.Token;

    /// <summary>Name of the first signal, such as <c>SIGTERM</c>; null if there was none.</summary>
    public string? Signal { get; private set; }

    /// <summary>Called with the name of the signal before the process ends at once; what it has not done after 200 ms is not done.</summary>
    public Action<string>? LastWord { get; set; }

    /// <summary>Called after the first signal, beside the end of the run: what is done for the first time takes longer than there will be.</summary>
    public Action? PrepareLastWord { get; set; }

    internal void Handle(string signal)
    {
        bool isFirst;
        lock (_gate)
        {
            isFirst = _firstAt is null;
            if (_firstAt is { } first && (_isExiting || _time.GetElapsedTime(first) <= _sameWish))
            {
                return;
            }

            _firstAt ??= _time.GetTimestamp();
            Signal ??= signal;
            _isExiting = !isFirst;
        }

        if (isFirst)
        {
            Outlets.Stdout.Hurry();
            _stop.Cancel();
            PrepareLastWord?.Invoke();
        }
        else
        {
            SayLastWord(signal);
            _exit();
        }
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        Handle(context.Signal.ToString());
    }

    private void SayLastWord(string signal)
    {
        if (LastWord is { } say)
        {
            // A thread of its own: the pool may be what hangs.
            var thread = new Thread(() => say(signal)) { IsBackground = true, Name = "last word" };
            thread.Start();
            thread.Join(_lastWordMayTake);
        }
    }
}
