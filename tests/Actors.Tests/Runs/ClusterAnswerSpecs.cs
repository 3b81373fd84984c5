using System.Text;
using ActorLoad.Observers.Server;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>Answers to CLUSTER SHARDS and CLUSTER SLOTS, as servers write them.</summary>
public class ClusterAnswerSpecs
{
    [Fact]
    public void Shards_have_their_master_with_slots_and_health()
    {
        var shards = ClusterAnswer.OfShards(List(
            Shard([0, 99, 200, 200], Node("10.0.0.1", 7001, "replica", "online"), Node("10.0.0.2", 7002, "master", "online")),
            Shard([300, 400], Node("10.0.0.3", 7003, "master", "fail")),
            Shard([500, 600], Node("10.0.0.4", 7004, "master", "fail"), Node("10.0.0.5", 7005, "master", "online")),
            Shard([700, 800], Node("10.0.0.6", 7006, "replica", "online")),
            Shard([], Node("10.0.0.7", 7007, "master", "online")), // an empty node serves nothing
            Shard([900, 999], Node("", 7008, "master", "online"))));

        Assert.Equal(
            [
                "10.0.0.2:7002 0-99,200-200 online", "10.0.0.3:7003 300-400 fail", "10.0.0.5:7005 500-600 online", ":0 700-800 without a master",
                ":7008 900-999 online",
            ],
            shards.Select(Shown));
    }

    [Theory]
    [InlineData(false, 7001)]
    [InlineData(true, 8001)]
    public void Port_is_that_of_the_transport(bool isTls, int port)
    {
        var node = List("port", 7001, "tls-port", 8001, "ip", "10.0.0.1", "role", "master", "health", "online");

        Assert.Equal(port, Assert.Single(ClusterAnswer.OfShards(List(List("slots", List(0, 9), "nodes", List(node))), isTls)).Port);
    }

    [Theory]
    [InlineData("10.0.0.1", null)]
    [InlineData("?", null)]
    [InlineData("", null)]
    [InlineData("node1.test", "node1.test")]
    public void Name_of_a_node_is_kept_beside_its_address(string endpoint, string? name)
    {
        var node = List("port", 7001, "ip", "10.0.0.1", "endpoint", endpoint, "role", "master", "health", "online");

        var shard = Assert.Single(ClusterAnswer.OfShards(List(List("slots", List(0, 9), "nodes", List(node)))));
        Assert.Equal(("10.0.0.1", name), (shard.Host, shard.Name));
    }

    [Fact]
    public void Slots_of_an_older_server_name_the_master_first()
    {
        var shards = ClusterAnswer.OfSlots(List(
            List(0, 99, List("10.0.0.1", 7001, "id1"), List("10.0.0.9", 7009, "id9")),
            List(100, 199, List("10.0.0.2", 7002, "id2")),
            List(200, 299, List("10.0.0.1", 7001, "id1", List())),
            List(300, 399, List("", 7004, "id4")), List(400, 499, List("?", 7005, "id5"))));

        Assert.Equal(
            ["10.0.0.1:7001 0-99,200-299 online", "10.0.0.2:7002 100-199 online", ":7004 300-399 online", ":7005 400-499 online"],
            shards.Select(Shown));
    }

    [Theory]
    [InlineData("*0\r\n")]
    [InlineData("+OK\r\n")]
    [InlineData("*1\r\n*0\r\n")]
    [InlineData("*2\r\n$-1\r\n*3\r\n:1\r\n:2\r\n*-1\r\n")]
    [InlineData("*1\r\n*4\r\n$5\r\nslots\r\n*1\r\n:1\r\n$5\r\nnodes\r\n:3\r\n")]
    public void Answer_that_is_none_has_no_shards(string answer)
    {
        ReadOnlySpan<byte> bytes = Encoding.ASCII.GetBytes(answer);
        var tree = ServerAnswer.Take(ref bytes).Tree;

        Assert.Empty(ClusterAnswer.OfShards(tree));
        Assert.Empty(ClusterAnswer.OfSlots(tree));
    }

    private static ServerValue Shard(int[] slots, params ServerValue[] nodes) =>
        List("slots", List([.. slots.Select(slot => (object)slot)]), "nodes", List([.. nodes]));

    private static ServerValue Node(string ip, int port, string role, string health) =>
        List("id", "x", "port", port, "ip", ip, "endpoint", ip, "role", role, "replication-offset", 7, "health", health);

    private static ServerValue List(params object[] items) =>
        new(null, [.. items.Select(item => item as ServerValue ?? new ServerValue($"{item}", []))]);

    private static string Shown(ClusterShard shard) =>
        $"{shard.Host}:{shard.Port} {string.Join(',', shard.Ranges.Select(range => $"{range.First}-{range.Last}"))} {shard.Health}";
}
