using System.Net.Sockets;
using ActorLoad.Hosting.Terminal;
using Microsoft.Extensions.Hosting.Systemd;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Tells the service manager that started us (systemd, <c>Type=notify</c>) how far we are; without NOTIFY_SOCKET there is nobody to tell.</summary>
/// <remarks>Not <c>AddSystemd</c>: its lifetime would take the signals, which are the command's, and bring the host down before results are written.</remarks>
internal static class ServiceNotice
{
    public static void Send(ServiceState state)
    {
        try
        {
            new SystemdNotifier().Notify(state);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            ErrorLines.Write($"actorload serve: the service manager cannot be told {state}: {exception.Message} (NOTIFY_SOCKET)");
        }
    }
}
