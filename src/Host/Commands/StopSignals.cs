using System.Runtime.InteropServices;

namespace ActorLoad.Hosting.Commands;

/// <summary>SIGINT and SIGTERM: the first asks to stop, the second ends the process at once with 130.</summary>
internal sealed class StopSignals : IDisposable
{
    // Never disposed: a signal may be on its way while the process ends.
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _received;

    public StopSignals() =>
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Requested => _stop.Token;

    /// <summary>Name of the first signal, such as <c>SIGTERM</c>; null if there was none.</summary>
    public string? Signal { get; private set; }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _received) > 1)
        {
            Environment.Exit(ExitCodes.Interrupted);
        }

        Signal = context.Signal.ToString();
        _stop.Cancel();
    }
}
