using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorLoad.Configuration;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Runs;

/// <summary>Finds the masters of the clusters that a run storms (<c>target.cluster</c>), by asking the given endpoints.</summary>
internal static class ClusterDiscovery
{
    private const string Key = "target.cluster";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    /// <summary>The target with the masters of each cluster in place of the endpoints that name it. Throws a
    /// <see cref="SettingsException"/> if no endpoint of a cluster answers, if a part of a cluster has no master that serves, or if a
    /// master is not allowed.</summary>
    public static async Task<ResolvedTarget> FindAsync(
        RunSettings settings, ResolvedTarget target, TimeProvider time, CancellationToken stop)
    {
        FleetSettings[] clustered = [.. settings.Fleets.Where(fleet => fleet.Target.IsCluster)];
        if (clustered.Length == 0)
        {
            return target;
        }

        var plain = settings.Fleets.Where(fleet => !fleet.Target.IsCluster).SelectMany(fleet => fleet.Among(target.Endpoints)).ToHashSet();
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>();
        endpoints.AddRange(target.Endpoints.Where(plain.Contains));
        foreach (var fleet in clustered.DistinctBy(fleet => fleet.Target.ClusterName))
        {
            endpoints.AddRange(await NodesAsync(settings, fleet, target.Endpoints, time, stop).ConfigureAwait(false));
        }

        return target with { Endpoints = endpoints.ToImmutable() };
    }

    private static async Task<IEnumerable<Endpoint>> NodesAsync(
        RunSettings settings, FleetSettings fleet, ImmutableArray<Endpoint> all, TimeProvider time, CancellationToken stop)
    {
        var seeds = fleet.Target.SeedsAmong(all);
        var problems = new List<string>();
        foreach (var seed in seeds)
        {
            try
            {
                var shards = await AskAsync(seed, fleet, settings.Words, time, stop).ConfigureAwait(false);
                return await Task.WhenAll(Checked(shards, seed).Select(shard => EndpointAsync(shard, seed, fleet, settings, time, stop)))
                    .ConfigureAwait(false);
            }
            catch (ServerUnavailableException cause)
            {
                stop.ThrowIfCancellationRequested();
                problems.Add($"{seed} {cause.Message}");
            }
            catch (ServerRefusedException cause)
            {
                problems.Add($"{seed} is no node of a cluster ({cause.Message})");
            }
        }

        throw Error(
            $"no node could be asked for the cluster: {string.Join("; ", problems)}",
            "endpoints of nodes that are up, or target.cluster = off");
    }

    private static async Task<IReadOnlyList<ClusterShard>> AskAsync(
        Endpoint seed, FleetSettings fleet, ServerWords words, TimeProvider time, CancellationToken stop)
    {
        using var connection = await ServerConnection
            .OpenAsync(seed, fleet.Target.Credentials, AnswerLimit, time, words, stop).ConfigureAwait(false);
        var asking = ShardsAsync(connection, isTls: fleet.Target.Credentials.Tls is not null);
        return await connection.WhileItAnswersAsync(asking, AnswerLimit, stop).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<ClusterShard>> ShardsAsync(ServerConnection connection, bool isTls)
    {
        try
        {
            return ClusterAnswer.OfShards(await connection.AskForTreeAsync("CLUSTER", "SHARDS").ConfigureAwait(false), isTls);
        }
        catch (ServerRefusedException older) when (older.Message.StartsWith("ERR unknown", StringComparison.OrdinalIgnoreCase))
        {
            return ClusterAnswer.OfSlots(await connection.AskForTreeAsync("CLUSTER", "SLOTS").ConfigureAwait(false));
        }
    }

    private static IReadOnlyList<ClusterShard> Checked(IReadOnlyList<ClusterShard> shards, Endpoint seed)
    {
        if (shards.Count == 0)
        {
            throw Error($"the cluster of {seed} has no slots yet", "a cluster that was created (redis-cli --cluster create)");
        }

        var down = shards.Where(shard => shard.Health != ClusterShard.Online || shard.Port == 0).ToArray();
        var covered = new SlotSet(shards.SelectMany(shard => shard.Ranges)).Count;
        return down.Length > 0
            ? throw Error(
                $"the cluster has a node down: {string.Join("; ", down.Select(shard => Told(shard, seed)))}",
                "a cluster whose masters all serve: start the node, or let a replica take over (CLUSTER FAILOVER)")
            : covered < Resp.HashSlot.Count
            ? throw Error(
                $"{Resp.HashSlot.Count - covered} slots of the cluster have no node",
                "a cluster that serves all slots: `redis-cli --cluster fix` on one of its nodes")
            : shards;
    }

    private static string Told(ClusterShard shard, Endpoint seed)
    {
        var slots = string.Join(", ", shard.Ranges.Select(range => $"{range.First}-{range.Last}"));
        return shard.Port == 0 ? $"slots {slots} are {shard.Health}"
            : $"{(shard.Host.Length > 0 ? shard.Host : $"{seed.Machine}")}:{shard.Port} (slots {slots}) is {shard.Health}";
    }

    private static async Task<Endpoint> EndpointAsync(
        ClusterShard shard, Endpoint seed, FleetSettings fleet, RunSettings settings, TimeProvider time, CancellationToken stop)
    {
        var address = shard.Host.Length == 0 ? seed.Machine
            : IPAddress.TryParse(shard.Host, out var literal) ? literal : await LookUpAsync(shard.Host, time, stop).ConfigureAwait(false);
        var node = new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, shard.Port);
        return settings.Safety.AllowedTargets.Any(network => network.Contains(node.Address))
            ? new Endpoint(node, shard.Name is { } name ? $"{name}:{shard.Port}" : null)
            {
                Node = new ClusterNode(fleet.Target.ClusterName, new SlotSet(shard.Ranges)),
            }
            : throw Error(
                $"the cluster's node {node} is not an allowed target",
                $"name its network in safety.allowed-targets, such as \"{node.Address}\", if you may storm it");
    }

    private static async Task<IPAddress> LookUpAsync(string host, TimeProvider time, CancellationToken stop)
    {
        try
        {
            var found = await NameLookUp.FindAsync(host, time, stop).ConfigureAwait(false);
            return found.OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork).First();
        }
        catch (Exception cause) when (cause is SocketException or InvalidOperationException)
        {
            throw Error($"the cluster's node {host} cannot be resolved", "nodes whose names this machine can resolve");
        }
    }

    private static SettingsException Error(string problem, string allowed) =>
        new([new SettingsError("target", null, Key, problem, allowed)]);
}
