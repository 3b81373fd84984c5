using System.Collections.Immutable;
using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Runs;

/// <summary>Finds the masters of the clusters that a run storms (<c>target.cluster</c>), by asking the given endpoints.</summary>
internal static class ClusterDiscovery
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    /// <summary>The target with the masters of each cluster in place of the endpoints that name it. Throws a
    /// <see cref="SettingsException"/> if no endpoint of a cluster answers, if a part of a cluster has no master that serves, if a
    /// master is not allowed, or if there are too many.</summary>
    public static Task<ResolvedTarget> FindAsync(RunSettings settings, ResolvedTarget target, TimeProvider time, CancellationToken stop) =>
        FindAsync(settings, target, (host, end) => NameLookUp.FindAsync(host, time, end), time, stop);

    /// <summary>Finds them with the given look-up of names; <see cref="NameLookUp.Limit"/> holds for those of each cluster
    /// together.</summary>
    internal static async Task<ResolvedTarget> FindAsync(
        RunSettings settings, ResolvedTarget target, Func<string, CancellationToken, Task<IPAddress[]>> lookUp, TimeProvider time,
        CancellationToken stop)
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
            var (seed, shards) = await ShardsAsync(settings, fleet, target.Endpoints, time, stop).ConfigureAwait(false);
            CheckNumber(endpoints.Count + shards.Count);
            using var limit = new CancellationTokenSource(NameLookUp.Limit, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
            var nodes = new ClusterNodes(settings, fleet.Target, seed, new LookUps(lookUp, end.Token));
            try
            {
                endpoints.AddRange(await Task.WhenAll(shards.Select(nodes.EndpointAsync)).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw Error(
                    $"looking up the names of the cluster's nodes took longer than {NameLookUp.Limit.TotalSeconds:0} s",
                    "nodes whose names this machine can resolve; is its DNS server reachable?");
            }
        }

        return target with { Endpoints = endpoints.ToImmutable() };
    }

    private static async Task<(Endpoint Seed, IReadOnlyList<ClusterShard> Shards)> ShardsAsync(
        RunSettings settings, FleetSettings fleet, ImmutableArray<Endpoint> all, TimeProvider time, CancellationToken stop)
    {
        var seeds = fleet.Target.SeedsAmong(all);
        var problems = new List<string>();
        foreach (var seed in seeds)
        {
            try
            {
                var shards = await AskAsync(seed, fleet, settings.Words, time, stop).ConfigureAwait(false);
                Check(shards, seed, settings.Words);
                return (seed, shards);
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

    private static void CheckNumber(int endpoints)
    {
        if (endpoints > TargetReader.MaxEndpoints)
        {
            throw Error(
                $"with the cluster's nodes there are {endpoints} endpoints",
                $"at most {TargetReader.MaxEndpoints}, or target.cluster = off with some of the nodes as endpoints");
        }
    }

    private static void Check(IReadOnlyList<ClusterShard> shards, Endpoint seed, ServerWords words)
    {
        if (shards.Count == 0)
        {
            throw Error($"the cluster of {seed} has no slots yet", "a cluster that was created (redis-cli --cluster create)");
        }

        if (shards.FirstOrDefault(shard => shard is { IsServed: true, Port: < 1 or > IPEndPoint.MaxPort }) is { } without)
        {
            throw Error(
                $"{seed} tells of a node at port {without.Port}, which no node can have",
                "nodes that announce their port: CONFIG GET cluster-announce-port and cluster-announce-tls-port show what they announce");
        }

        var down = shards.Where(shard => shard.Health != ClusterShard.Online).ToArray();
        if (down.Length > 0)
        {
            throw Error(
                $"the cluster has a node down: {string.Join("; ", down.Select(shard => Told(shard, seed, words)))}",
                "a cluster whose masters all serve: start the node, or let a replica take over (CLUSTER FAILOVER)");
        }

        var covered = new SlotSet(shards.SelectMany(shard => shard.Ranges)).Count;
        if (covered < Resp.HashSlot.Count)
        {
            throw Error(
                $"{Resp.HashSlot.Count - covered} slots of the cluster have no node",
                "a cluster that serves all slots: `redis-cli --cluster fix` on one of its nodes");
        }
    }

    private static string Told(ClusterShard shard, Endpoint seed, ServerWords words)
    {
        var slots = string.Join(", ", shard.Ranges.Select(range => $"{range.First}-{range.Last}"));
        var health = words.Keep(shard.Health);
        return !shard.IsServed ? $"slots {slots} are {health}"
            : $"{(shard.Host.Length > 0 ? words.Keep(shard.Host) : $"{seed.Machine}")}:{shard.Port} (slots {slots}) is {health}";
    }

    private static SettingsException Error(string problem, string allowed) => ClusterNodes.Error(problem, allowed);
}
