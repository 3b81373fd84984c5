using System.Net;
using System.Net.Sockets;
using ActorLoad.Configuration;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>Finds where the masters of one cluster are.</summary>
/// <param name="settings">The run.</param>
/// <param name="cluster">The target that the cluster is.</param>
/// <param name="seed">The endpoint that told of its masters.</param>
/// <param name="lookUps">Look-ups of their names.</param>
internal sealed class ClusterNodes(RunSettings settings, TargetSettings cluster, Endpoint seed, LookUps lookUps)
{
    private const string Resolvable = "nodes whose names this machine can resolve";

    private readonly ServerWords _words = settings.Words;

    /// <summary>The endpoint of a master. Throws a <see cref="SettingsException"/> if it has no address of the target's family, or none
    /// that is allowed.</summary>
    public async Task<Endpoint> EndpointAsync(ClusterShard shard)
    {
        var found = shard.Host.Length == 0 ? [seed.Machine]
            : IPAddress.TryParse(shard.Host, out var literal) ? [literal] : await LookUpAsync(shard.Host).ConfigureAwait(false);
        var addresses = found.Select(address => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).Distinct()
            .OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork).ToArray();
        var used = cluster.Among(cluster.ClusterName, addresses, address => address.AddressFamily).FirstOrDefault() ?? throw Error(
            $"the cluster's node {_words.Keep(shard.Host)} has no {(cluster.Family == FamilyChoice.Ipv4 ? "IPv4" : "IPv6")} address, "
            + $"only {string.Join<IPAddress>(", ", addresses)}",
            "nodes with such an address, or target.family = any");
        var node = new IPEndPoint(used, shard.Port);
        return settings.Safety.AllowedTargets.Any(network => network.Contains(node.Address))
            ? new Endpoint(node, NameOf(shard)) { Node = new ClusterNode(cluster.ClusterName, new SlotSet(shard.Ranges)) }
            : throw Error(
                $"the cluster's node {node} is not an allowed target",
                $"name its network in safety.allowed-targets, such as \"{node.Address}\", if you may storm it");
    }

    /// <summary>What is wrong with <c>target.cluster</c>.</summary>
    internal static SettingsException Error(string problem, string allowed) =>
        new([new SettingsError("target", null, "target.cluster", problem, allowed)]);

    // Foreign text: a node whose name may not be shown goes by its address.
    private string? NameOf(ClusterShard shard) =>
        shard.Name is { } name && _words.Keep(name) == name ? $"{name}:{shard.Port}" : null;

    private async Task<IPAddress[]> LookUpAsync(string host)
    {
        try
        {
            return await lookUps.FindAsync(host).ConfigureAwait(false) is { Length: > 0 } found ? found
                : throw Error($"the cluster's node {_words.Keep(host)} has no address", Resolvable);
        }
        catch (Exception cause) when (cause is SocketException or ArgumentException)
        {
            throw Error($"the cluster's node {_words.Keep(host)} cannot be resolved", Resolvable);
        }
    }
}
