using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorLoad.Runs.Configuration;

namespace ActorLoad.Runs;

/// <summary>Turns the endpoints of a run file into addresses, once, and refuses those that are not allowed.</summary>
public static class TargetResolver
{
    private const string Resolvable = "a name that resolves, or an address";

    /// <summary>Resolves every endpoint to its first address (IPv4 before IPv6) and checks that very address, so that no later lookup can
    /// answer otherwise. All names together may take <see cref="NameLookUp.Limit"/>. Throws <see cref="SettingsException"/> with every
    /// endpoint that cannot be resolved or is not allowed; the embedded target is none of its business.</summary>
    public static Task<ResolvedTarget> ResolveAsync(TargetSettings target, SafetySettings safety, CancellationToken cancellation) =>
        ResolveAsync(target, safety, NameLookUp.FindAsync, TimeProvider.System, cancellation);

    /// <summary>The same with a given way to look up names, and a clock for the limit.</summary>
    internal static async Task<ResolvedTarget> ResolveAsync(
        TargetSettings target, SafetySettings safety, Func<string, CancellationToken, Task<IPAddress[]>> lookUp, TimeProvider time,
        CancellationToken cancellation)
    {
        var addresses = ImmutableArray.CreateBuilder<IPEndPoint>();
        var errors = new List<SettingsError>();
        using var limit = new CancellationTokenSource(NameLookUp.Limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var names = new Names(lookUp, stop.Token);
        for (var index = 0; index < target.Endpoints.Length; index++)
        {
            var key = $"target.endpoints[{index}]";
            try
            {
                var (address, problem, allowed) = await ResolveAsync(target.Endpoints[index], safety, names).ConfigureAwait(false);
                if (address is null)
                    errors.Add(new SettingsError("target", null, key, problem, allowed));
                else
                    addresses.Add(address);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // The names after this one would find no time either, so nobody lists them.
                errors.Add(new SettingsError("target", null, key,
                    $"{ShownText.Quote(target.Endpoints[index])} was not resolved: looking up names took longer than {NameLookUp.Limit.TotalSeconds:0} s",
                    $"{Resolvable}; is the DNS server of this machine reachable?"));
                break;
            }
        }

        return errors.Count == 0 ? new ResolvedTarget(target.Endpoints, addresses.ToImmutable()) : throw new SettingsException(errors);
    }

    private static async Task<(IPEndPoint? Address, string Problem, string Allowed)> ResolveAsync(
        string text, SafetySettings safety, Names names)
    {
        if (!TargetEndpoint.TryParse(text, out var endpoint, out var problem))
            return (null, problem, TargetEndpoint.Allowed);
        var literal = IPAddress.TryParse(endpoint.Host, out var parsed) ? parsed : null;
        IPAddress[] found;
        try
        {
            found = literal is not null ? [literal] : await names.FindAsync(endpoint.Host).ConfigureAwait(false);
        }
        catch (SocketException failure)
        {
            return (null, $"{endpoint.Host} cannot be resolved ({failure.SocketErrorCode})", Resolvable);
        }

        // Mapped first: ::ffff:10.0.0.1 reaches 10.0.0.1, so it is judged as that.
        var candidates = found.Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToList();
        var chosen = candidates.Find(address => address.AddressFamily == AddressFamily.InterNetwork) ?? candidates.FirstOrDefault();
        if (chosen is null)
            return (null, $"{endpoint.Host} has no address", Resolvable);
        return safety.AllowedTargets.Any(network => network.Contains(chosen))
            ? (new IPEndPoint(chosen, endpoint.Port), "", "")
            : (null, $"{(literal is null ? $"{endpoint.Host} is {chosen}, which" : chosen)} is not an allowed target",
                "name its network in safety.allowed-targets, "
                + $"such as \"{chosen}/{(chosen.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}\", if you may storm it");
    }

    /// <summary>The names of one target: each is looked up once, however many endpoints have it.</summary>
    private sealed class Names(Func<string, CancellationToken, Task<IPAddress[]>> lookUp, CancellationToken stop)
    {
        private readonly Dictionary<string, Task<IPAddress[]>> _asked = new(StringComparer.OrdinalIgnoreCase);

        public Task<IPAddress[]> FindAsync(string host)
        {
            if (!_asked.TryGetValue(host, out var answer))
                _asked[host] = answer = lookUp(host, stop).WaitAsync(stop);
            return answer;
        }
    }
}
