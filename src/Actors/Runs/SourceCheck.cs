using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorLoad.Configuration;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>Refuses source addresses that no connection of the run could come from.</summary>
public static class SourceCheck
{
    private const string Key = "connection.source-addresses";
    private const int Named = 3;

    /// <summary>Throws a <see cref="SettingsException"/> with every address that is not this machine's, or from which no route leads to the
    /// target of its fleet. Binds UDP sockets, and sends nothing.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="targets">All endpoints; empty for the embedded server.</param>
    public static void Check(RunSettings settings, ImmutableArray<Endpoint> targets)
    {
        var errors = new List<SettingsError>();
        foreach (var (index, fleet) in settings.Fleets.Index())
        {
            if (fleet.Connection.Socket.Sources is { } sources)
            {
                IPEndPoint[] ends = targets.IsEmpty ? [new IPEndPoint(IPAddress.Loopback, 1)]
                    : [.. fleet.Among(targets).Select(target => target.Address).OfType<IPEndPoint>().Distinct()];
                var (problem, allowed) = ends.Length > 0 ? Judge(sources, ends)
                    : ("a Unix socket has no source address", "no source-addresses, or a target with a port");
                if (problem.Length > 0)
                    errors.Add(new SettingsError(
                        "this machine", null, settings.Fleets.Length > 1 ? $"fleets[{index}].{Key}" : Key, problem, allowed));
            }
        }

        if (errors.Count > 0)
            throw new SettingsException(errors);
    }

    private static (string Problem, string Allowed) Judge(Transport.SourceAddresses sources, IPEndPoint[] ends)
    {
        if (ends.FirstOrDefault(end => sources.Of(end.AddressFamily).IsEmpty) is { } lonely)
            return ($"{sources} has no {(lonely.AddressFamily == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address for the target "
                + $"{lonely}", "source addresses of each family that the target has, or another target.family");
        IPAddress[] foreign = [.. sources.All.Where(source => !CanBind(source))];
        if (foreign.Length > 0)
            return ($"{Shown(foreign)} {(foreign.Length == 1 ? "is no address" : "are no addresses")} of this machine",
                $"those that `ip address` shows, or add one first: ip address add {foreign[0]} dev DEVICE. All of 127.0.0.0/8 are its own");
        foreach (var end in ends)
        {
            IPAddress[] lost = [.. sources.Of(end.AddressFamily).Where(source => !Reaches(source, end))];
            if (lost.Length > 0)
                return ($"from {Shown(lost)} no route leads to {end}",
                    "addresses of a network from which the target can be reached; `ip route get` tells which");
        }

        return ("", "");
    }

    private static string Shown(IPAddress[] addresses) => string.Join(", ", addresses.Take(Named).Select(address => $"{address}"))
        + (addresses.Length > Named ? $" and {((long)addresses.Length - Named).Text()} more" : "");

    private static bool CanBind(IPAddress source) => Try(source, null);

    private static bool Reaches(IPAddress source, IPEndPoint end) => Try(source, end);

    private static bool Try(IPAddress source, IPEndPoint? end)
    {
        try
        {
            using var probe = new Socket(source.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Bind(new IPEndPoint(source, 0));
            if (end is not null)
                probe.Connect(end);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
