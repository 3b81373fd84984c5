using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorLoad.Configuration;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>Resolves the endpoints of a run file, once, and refuses addresses that are not allowed.</summary>
public static class TargetResolver
{
    private const string Resolvable = "a name that resolves, or an address";

    /// <summary>
    /// Resolves every endpoint to its first address (IPv4 before IPv6), or to all its addresses, of a family, and checks them. A run uses
    /// these addresses, without a later look-up. All names together may take <see cref="NameLookUp.Limit"/>. Throws
    /// <see cref="SettingsException"/> with every endpoint that cannot be resolved or is not allowed. Does not resolve the embedded target.
    /// </summary>
    public static Task<ResolvedTarget> ResolveAsync(
        TargetSettings target, SafetySettings safety, TimeProvider time, CancellationToken cancellation) =>
        ResolveAsync(target, safety, (host, stop) => NameLookUp.FindAsync(host, time, stop), time, cancellation);

    /// <summary>Resolves with the given look-up of names, and a clock for the limit.</summary>
    internal static async Task<ResolvedTarget> ResolveAsync(
        TargetSettings target, SafetySettings safety, Func<string, CancellationToken, Task<IPAddress[]>> lookUp, TimeProvider time,
        CancellationToken cancellation)
    {
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>();
        var unused = ImmutableArray.CreateBuilder<UnusedAddresses>();
        var errors = new List<SettingsError>();
        using var limit = new CancellationTokenSource(NameLookUp.Limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var lookUps = new LookUps(lookUp, stop.Token);
        for (var index = 0; index < target.Endpoints.Length; index++)
        {
            var (name, key) = (target.Endpoints[index], $"target.endpoints[{index}]");
            try
            {
                if (TargetEndpoint.TryParse(name, out var written, out _) && written.Path is { } path)
                {
                    if (UnixPath.Problem(path) is { } wrong)
                        errors.Add(new SettingsError("target", null, key, wrong, "the path of a Unix socket: `ss -lx` shows them"));
                    else
                        endpoints.Add(Endpoint.OfUnix(path, name));
                    continue;
                }

                var (found, problem, allowed) = await FindAsync(name, lookUps).ConfigureAwait(false);
                ImmutableArray<IPEndPoint> used = [.. target.Among(name, found, address => address.AddressFamily)];
                if (problem.Length == 0)
                    (problem, allowed) = Lacking(name, found, target) is { Length: > 0 } lacking
                        ? (lacking, "another address, or target.family = any") : Judge(name, used, safety);
                if (problem.Length > 0)
                {
                    errors.Add(new SettingsError("target", null, key, problem, allowed));
                    continue;
                }

                endpoints.AddRange(used.Select(address => new Endpoint(address, name)));
                if (found.Length > used.Length)
                    unused.Add(new UnusedAddresses(
                        name, string.Join(", ", used), [.. found.Except(used).Select(other => $"{other}")]));
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // No time is left for later names either, so the errors do not list them.
                errors.Add(new SettingsError("target", null, key,
                    $"{ShownText.Quote(name)} was not resolved: looking up names took longer than {NameLookUp.Limit.TotalSeconds:0} s",
                    $"{Resolvable}; is the DNS server of this machine reachable?"));
                break;
            }
        }

        if (endpoints.Count > TargetReader.MaxEndpoints)
            errors.Add(new SettingsError(
                "target", null, "target.addresses", $"the names have {endpoints.Count} addresses",
                $"at most {TargetReader.MaxEndpoints}, or target.addresses = first"));
        return errors.Count > 0 ? throw new SettingsException(errors)
            : new ResolvedTarget(target.Endpoints, endpoints.ToImmutable()) { Unused = unused.ToImmutable() };
    }

    /// <summary>The addresses of an endpoint, IPv4 before IPv6; empty if there is a problem.</summary>
    private static async Task<(ImmutableArray<IPEndPoint> Found, string Problem, string Allowed)> FindAsync(string text, LookUps lookUps)
    {
        if (!TargetEndpoint.TryParse(text, out var endpoint, out var problem))
            return ([], problem, TargetEndpoint.Allowed);
        IPAddress[] found;
        try
        {
            found = IPAddress.TryParse(endpoint.Host, out var literal)
                ? [literal] : await lookUps.FindAsync(endpoint.Host).ConfigureAwait(false);
        }
        catch (SocketException failure)
        {
            return ([], $"{endpoint.Host} cannot be resolved ({failure.SocketErrorCode})", Resolvable);
        }

        // ::ffff:10.0.0.1 reaches 10.0.0.1, so the safety check must see 10.0.0.1.
        var addresses = found.Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).Distinct()
            .OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork);
        ImmutableArray<IPEndPoint> all = [.. addresses.Select(address => new IPEndPoint(address, endpoint.Port))];
        return all.IsEmpty ? ([], $"{endpoint.Host} has no address", Resolvable) : (all, "", "");
    }

    // A fleet of its own may want another family than the others.
    private static string Lacking(string name, ImmutableArray<IPEndPoint> found, TargetSettings target)
    {
        var parts = target.Parts.IsEmpty ? [target] : target.Parts.Where(part => part.Endpoints.Contains(name));
        return parts.FirstOrDefault(part => !part.Among(name, found, address => address.AddressFamily).Any()) is { } without
            ? $"{name} has no {(without.Family == FamilyChoice.Ipv4 ? "IPv4" : "IPv6")} address, only {string.Join(", ", found)}" : "";
    }

    private static (string Problem, string Allowed) Judge(string text, ImmutableArray<IPEndPoint> used, SafetySettings safety)
    {
        if (used.FirstOrDefault(address => !safety.AllowedTargets.Any(network => network.Contains(address.Address)))
            is not { Address: var refused })
            return ("", "");
        _ = TargetEndpoint.TryParse(text, out var endpoint, out _);
        return ($"{(IPAddress.TryParse(endpoint.Host, out _) ? refused : $"{endpoint.Host} is {refused}, which")} is not an allowed target",
            "name its network in safety.allowed-targets, "
            + $"such as \"{refused}/{(refused.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}\", if you may storm it");
    }
}
