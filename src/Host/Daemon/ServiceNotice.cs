using System.Net.Sockets;
using ActorLoad.Hosting.Terminal;
using Microsoft.Extensions.Hosting.Systemd;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Reports our state to the service manager (systemd, <c>Type=notify</c>); does nothing without NOTIFY_SOCKET.</summary>
/// <remarks>Not <c>AddSystemd</c>: its lifetime would take the command's signals, and stop the host before results are written.</remarks>
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
            ErrorLines.Write($"actorload serve: cannot tell the service manager {state}: {exception.Message} (NOTIFY_SOCKET)");
        }
    }
}
