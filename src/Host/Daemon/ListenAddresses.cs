using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using ActorLoad.Configuration;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary>The addresses of <c>daemon.url</c>. The web server alone would listen on every address for any name.</summary>
internal static class ListenAddresses
{
    private const string Localhost = "localhost";
    private const string Allowed = "an address of this machine, or a name that resolves to one";

    /// <summary>The addresses to listen on, at least one. Throws <see cref="SettingsException"/> if the name is not this
    /// machine's.</summary>
    public static Task<IReadOnlyList<IPEndPoint>> FindAsync(Uri url, TimeProvider time, CancellationToken cancellation) =>
        FindAsync(url, (host, stop) => NameLookUp.FindAsync(host, time, stop), Own(), time, cancellation);

    /// <summary>The same with a given look-up, the addresses of this machine, and a clock.</summary>
    internal static async Task<IReadOnlyList<IPEndPoint>> FindAsync(
        Uri url, Func<string, CancellationToken, Task<IPAddress[]>> lookUp, IReadOnlySet<IPAddress> own, TimeProvider time,
        CancellationToken cancellation)
    {
        var host = url.IdnHost;
        var found = IPAddress.TryParse(host, out var literal) ? [literal]
            : host.TrimEnd('.') == Localhost ? Loopback(own)
            : (await LookUpAsync(host, lookUp, time, cancellation)).Where(address => IPAddress.IsLoopback(address) || own.Contains(address))
                .ToArray();
        return found.Length == 0
            ? throw Wrong($"{host} resolves to no address of this machine")
            // A free port is chosen for one address only; several addresses would get different ports.
            : [.. found.Distinct().Take(url.Port == 0 ? 1 : found.Length).Select(address => new IPEndPoint(address, url.Port))];
    }

    /// <summary>The error for a foreign address.</summary>
    public static SettingsException NotOurs(Uri url) => Wrong($"{url.IdnHost} is not an address of this machine");

    // Ignores the hosts file.
    private static IPAddress[] Loopback(IReadOnlySet<IPAddress> own) =>
        own.Contains(IPAddress.IPv6Loopback) ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];

    private static async Task<IPAddress[]> LookUpAsync(
        string host, Func<string, CancellationToken, Task<IPAddress[]>> lookUp, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            return await lookUp(host, cancellation).WaitAsync(NameLookUp.Limit, time, cancellation);
        }
        catch (SocketException failure)
        {
            throw Wrong($"{host} cannot be resolved ({failure.SocketErrorCode})");
        }
        catch (TimeoutException)
        {
            throw Wrong($"{host} was not resolved within {NameLookUp.Limit.TotalSeconds:0} s");
        }
    }

    private static HashSet<IPAddress> Own() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)];

    private static SettingsException Wrong(string problem) => new([new SettingsError("daemon", null, "daemon.url", problem, Allowed)]);
}
