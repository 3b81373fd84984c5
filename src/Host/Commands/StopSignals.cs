using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>SIGINT, SIGTERM, SIGHUP and SIGQUIT: the first asks to stop. Signals within the next two seconds count as the same request:
/// <c>timeout</c> signals its child, then the child's group. A later signal ends the process at once with 130, after a last word.</summary>
[SuppressMessage("Reliability", "CA1001",
    Justification = "lives as long as the process: a late signal must not kill the process in its last step")]
internal sealed class StopSignals
{
    private static readonly TimeSpan _sameWish = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _lastWordMayTake = TimeSpan.FromMilliseconds(200);

    // Static: an unreferenced registration is collected, and ends.
    private static readonly List<PosixSignalRegistration> _registrations = [];

    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly Action _hurry;
    private readonly Action _exit;
    private readonly Lock _gate = new();
    private long? _firstAt;
    private bool _isExiting;

    /// <summary>Listens until the process ends.</summary>
    public StopSignals(TimeProvider time)
        : this(time, Outlets.Stdout.Hurry, () => StandardDescriptors.Exit(ExitCodes.Interrupted))
    {
        // Under nohup the end of the terminal does not concern us. .NET itself keeps only SIGINT and SIGQUIT ignored.
        PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];
        var ignored = IgnoredSignals.HasHangUp() ? 1 : 0;
        _registrations.AddRange(signals.SkipLast(ignored).Select(signal => PosixSignalRegistration.Create(signal, Handle)));
    }

    internal StopSignals(TimeProvider time, Action hurry, Action exit) => (_time, _hurry, _exit) = (time, hurry, exit);

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Requested => _stop.Token;

    /// <summary>Name of the first signal, such as <c>SIGTERM</c>; null if there was none.</summary>
    public string? Signal { get; private set; }

    /// <summary>Called with the signal's name before the process ends at once. It has 200 ms.</summary>
    public Action<string>? LastWord { get; set; }

    /// <summary>Called after the first signal, in parallel with the run's end, because a first execution is too slow for
    /// <see cref="LastWord"/>.</summary>
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
            _hurry();
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
            // A thread of its own, because the pool may be the part that hangs.
            var thread = new Thread(() => say(signal)) { IsBackground = true, Name = "last word" };
            thread.Start();
            thread.Join(_lastWordMayTake);
        }
    }
}
