using System.Globalization;
using System.Net;
using ActorLoad.Metrics;

namespace ActorLoad.Observers.Server;

/// <summary>Where a server says that it listens.</summary>
/// <param name="Addresses">As it writes them: <c>127.0.0.1</c>, <c>*</c>, <c>-::1</c>; empty if it does not tell.</param>
/// <param name="Port">TCP port.</param>
public sealed record ServerListener(IReadOnlyList<string> Addresses, int Port)
{
    private const int MostListeners = 32;

    /// <summary>The listeners of an INFO reply. Redis lists them from 7.2 on: <c>listener0:name=tcp,bind=*,bind=-::*,port=6379</c>. Older
    /// and related servers tell only one port.</summary>
    public static IReadOnlyList<ServerListener> Of(ServerInfo info)
    {
        var lines = Enumerable.Range(0, MostListeners)
            .Select(index => info.Text(string.Create(CultureInfo.InvariantCulture, $"listener{index}")))
            .OfType<string>().Select(Parse).OfType<ServerListener>().ToArray();
        return lines.Length > 0 ? lines
            : info.Number("tcp_port") is >= 0 and <= IPEndPoint.MaxPort and var port ? [new([], (int)port)] : [];
    }

    /// <summary>True if it takes connections to an address; also if that cannot be told.</summary>
    public bool Takes(IPAddress address) => Addresses.Count == 0 || Addresses.Any(bound => Bare(bound) switch
    {
        "*" => true,
        "0.0.0.0" => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork,
        "::*" or "::" => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6,
        var text => !IPAddress.TryParse(text, out var known) || known.Equals(address), // a name may be any address
    });

    /// <summary>True if it takes connections only from its own machine.</summary>
    public bool IsLoopback => Addresses.Count > 0
        && Addresses.All(bound => IPAddress.TryParse(Bare(bound), out var known) && IPAddress.IsLoopback(known));

    /// <summary>The addresses as CONFIG GET bind tells them.</summary>
    public static IReadOnlyList<string> Bound(string? bind) => bind?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    // A minus before an address means that the server starts without it too.
    private static string Bare(string bound) => bound.TrimStart('-').Trim('"');

    private static ServerListener? Parse(string line)
    {
        var fields = line.Split(',').Select(field => field.Split('=', 2)).Where(field => field.Length == 2).ToArray();
        var port = fields.FirstOrDefault(field => field[0] == "port")?[1];
        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= IPEndPoint.MaxPort
            ? new([.. fields.Where(field => field[0] == "bind").Select(field => field[1])], number)
            : null;
    }
}

/// <summary>Decides whether a listener is the server's own.</summary>
internal static class ListenerJudge
{
    /// <summary>Why the listener at an endpoint does not belong to the server that answers there, as the end of a sentence that begins with
    /// the server. Null if it does, or if nothing tells.</summary>
    /// <param name="endpoint">Where connections go.</param>
    /// <param name="reading">What the server says.</param>
    /// <param name="settings">Its settings: <c>tcp-backlog</c>, and <c>bind</c> if that was asked for.</param>
    /// <param name="look">What is seen of the listener from here.</param>
    public static string? Proxy(Endpoint endpoint, ServerReading reading, ServerConfiguration settings, ListenerLook look)
    {
        if (look.IsServers == true || endpoint.Address is not { } address)
        {
            return null;
        }

        var ports = reading.Listeners.Select(listener => listener.Port).Where(port => port > 0).ToArray();
        if (reading.Listeners.Count > 0 && !ports.Contains(address.Port))
        {
            return ports.Length == 0 ? "says that it listens on no TCP port"
                : string.Create(CultureInfo.InvariantCulture, $"says that it listens on port {string.Join(", ", ports.Distinct())}");
        }

        if (look.IsServers == false)
        {
            return string.Create(CultureInfo.InvariantCulture, $"is process {reading.ProcessId}, and does not hold the listener");
        }

        var here = reading.Listeners.FirstOrDefault(listener => listener.Port == address.Port);
        here = here is { Addresses.Count: 0 }
            ? here with { Addresses = ServerListener.Bound(settings.Values.GetValueOrDefault(ServerSession.Bind)) } : here;
        if (here is not null && !here.Takes(address.Address) && (look.IsHere || here.IsLoopback))
        {
            return $"says that it listens on {string.Join(", ", here.Addresses)} only";
        }

        var backlog = settings.Number(ServerSession.TcpBacklog);
        return look.QueueLimit > backlog
            ? string.Create(CultureInfo.InvariantCulture, $"asks for an accept queue of {backlog}, and the listener has {look.QueueLimit}")
            : null;
    }
}

/// <summary>What is seen of a listener from this machine.</summary>
/// <param name="IsHere">Its address is one of this machine.</param>
/// <param name="QueueLimit">Its accept queue; null if it cannot be seen.</param>
/// <param name="IsServers">True if the server's process holds it, false if it does not; null if that cannot be told.</param>
internal sealed record ListenerLook(bool IsHere, long? QueueLimit, bool? IsServers)
{
    /// <summary>Looks at it, which takes a fraction of a millisecond, or longer for a process that has many files open.</summary>
    public static ListenerLook At(Endpoint endpoint, bool isHere, ServerProcess? process)
    {
        if (!isHere || endpoint.Address is not { } address)
        {
            return new ListenerLook(isHere, null, null);
        }

        using var diag = new Kernel.SocketDiag([address]);
        var sockets = diag.ReadListeners(new Kernel.UnseenNotes());
        bool? isServers = process?.Id is { } id && sockets is { ListenerInodes.Count: > 0 }
            ? ServerProcess.Holds(id, sockets.ListenerInodes) : null;
        return new ListenerLook(true, sockets?.AcceptQueueLimit, isServers);
    }
}
