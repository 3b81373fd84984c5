using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

/// <summary>One daemon for all specs of a class: a start of the process is dear.</summary>
public sealed class RunningDaemon : IAsyncLifetime
{
    internal TemporaryDirectory Files { get; } = new();

    internal DaemonProcess Process { get; private set; } = null!;

    public async Task InitializeAsync() => Process = await DaemonProcess.StartAsync(Files);

    public async Task DisposeAsync()
    {
        await Process.DisposeAsync();
        Files.Dispose();
    }
}
