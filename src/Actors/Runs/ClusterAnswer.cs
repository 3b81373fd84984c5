using System.Globalization;
using System.Net;
using ActorLoad.Observers.Server;

namespace ActorLoad.Runs;

/// <summary>A part of a cluster, as one of its nodes tells: a master and its slots.</summary>
/// <param name="Host">Its address or name; empty if it is the node that was asked, or has the same address.</param>
/// <param name="Port">Its port, as it tells it; 0 if it tells none.</param>
/// <param name="Ranges">Its slots, both ends included.</param>
/// <param name="Health"><c>online</c>, or what is wrong with it.</param>
internal sealed record ClusterShard(string Host, int Port, IReadOnlyList<(int First, int Last)> Ranges, string Health)
{
    /// <summary>Its name, which its certificate may have; null if it goes by its address.</summary>
    public string? Name { get; init; }

    /// <summary>The health of a node that serves.</summary>
    public const string Online = "online";

    /// <summary>False if its slots have no master.</summary>
    public bool IsServed { get; init; } = true;
}

/// <summary>Reads what CLUSTER SHARDS and CLUSTER SLOTS answer. Skips what it does not understand. Pure.</summary>
internal static class ClusterAnswer
{
    /// <summary>CLUSTER SHARDS (Redis 7): each shard has its slots, and its nodes with role and health.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="isTls">The run speaks TLS, for which a node may have a port of its own.</param>
    public static IReadOnlyList<ClusterShard> OfShards(ServerValue answer, bool isTls = false) =>
    [
        .. answer.Items.Select(shard => (Slots: Field(shard, "slots"), Nodes: Field(shard, "nodes")))
            .Where(shard => shard.Slots is { Items.Count: > 1 } && shard.Nodes is not null)
            .Select(shard => Shard(shard.Slots!, shard.Nodes!, isTls)),
    ];

    /// <summary>CLUSTER SLOTS (before Redis 7): each range has its master first, and nothing tells its health.</summary>
    public static IReadOnlyList<ClusterShard> OfSlots(ServerValue answer) =>
    [
        .. answer.Items
            .Where(range => range.Items is [_, _, { Items.Count: >= 2 }, ..])
            .Select(range => (Node: range.Items[2].Items, Range: (Number(range.Items[0]), Number(range.Items[1]))))
            .GroupBy(range => (Host: range.Node[0].Text ?? "", Port: Number(range.Node[1])), range => range.Range)
            .Select(node => new ClusterShard(Known(node.Key.Host), node.Key.Port, [.. node], ClusterShard.Online)
            {
                Name = NameOf(Known(node.Key.Host)),
            }),
    ];

    private static ClusterShard Shard(ServerValue slots, ServerValue nodes, bool isTls)
    {
        var ranges = slots.Items.Chunk(2).Where(ends => ends.Length == 2).Select(ends => (Number(ends[0]), Number(ends[1]))).ToArray();
        var masters = nodes.Items.Where(node => Field(node, "role")?.Text == "master").ToArray();

        // After a failover the old master may still be listed, as failed.
        var master = masters.FirstOrDefault(node => Field(node, "health")?.Text == ClusterShard.Online) ?? masters.FirstOrDefault();
        if (master is null)
        {
            return new ClusterShard("", 0, ranges, "without a master") { IsServed = false };
        }

        var port = isTls ? Field(master, "tls-port") ?? Field(master, "port") : Field(master, "port") ?? Field(master, "tls-port");
        var (host, name) = (Known(Field(master, "ip")?.Text ?? ""), Known(Field(master, "endpoint")?.Text ?? ""));
        return new ClusterShard(
            host.Length > 0 ? host : name, Number(port), ranges, Field(master, "health")?.Text ?? ClusterShard.Online)
        {
            Name = NameOf(name),
        };
    }

    private static string? NameOf(string host) => host.Length == 0 || IPAddress.TryParse(host, out _) ? null : host;

    // A map is a list of names and values in RESP2.
    private static ServerValue? Field(ServerValue map, string name)
    {
        for (var index = 0; index + 1 < map.Items.Count; index += 2)
        {
            if (map.Items[index].Text == name)
            {
                return map.Items[index + 1];
            }
        }

        return null;
    }

    // A node that does not know its own address says so.
    private static string Known(string host) => host is "?" ? "" : host;

    private static int Number(ServerValue? value) =>
        int.TryParse(value?.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
