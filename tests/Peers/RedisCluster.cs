using System.Globalization;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Peers;

/// <summary>A real Redis Cluster on loopback: masters that share the slots evenly, and replicas of the first of them.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16384;
    private const int Attempts = 5;

    private readonly List<RedisServer> _nodes = [];
    private readonly int _masters;

    private RedisCluster(int masters) => _masters = masters;

    /// <summary>The nodes that began as masters.</summary>
    public IReadOnlyList<RedisServer> Masters => _nodes[.._masters];

    /// <summary>Replicas of the first master.</summary>
    public IReadOnlyList<RedisServer> Replicas => _nodes[_masters..];

    /// <summary>Starts one, ready to serve.</summary>
    public static async Task<RedisCluster> StartAsync(int masters = 3, int replicas = 0)
    {
        var cluster = new RedisCluster(masters);
        try
        {
            await cluster.JoinAsync(masters + replicas);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the first replica the master in place of the first master, which becomes its replica.</summary>
    public async Task FailOverAsync()
    {
        await Replicas[0].CommandAsync("CLUSTER", "FAILOVER");
        await UntilAsync(async () => (await Replicas[0].InfoAsync("replication"))["role"] == "master"
            && (await Masters[0].InfoAsync("replication"))["role"] == "slave");
    }

    /// <summary>Waits until a node says so of another one.</summary>
    public static Task UntilAsync(RedisServer asked, Func<string, bool> isSo) =>
        UntilAsync(async () => isSo(await asked.CommandAsync("CLUSTER", "NODES") ?? ""));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task JoinAsync(int count)
    {
        var buses = new List<int>();
        for (var index = 0; index < count; index++)
        {
            buses.Add(await StartNodeAsync());
        }

        foreach (var (index, node) in _nodes.Index())
        {
            await node.CommandAsync("CLUSTER", "SET-CONFIG-EPOCH", Text(index + 1));
            if (index < _masters)
            {
                await node.CommandAsync("CLUSTER", "ADDSLOTSRANGE", Text(index * Slots / _masters), Text(((index + 1) * Slots / _masters) - 1));
            }

            if (index > 0)
            {
                await _nodes[0].CommandAsync("CLUSTER", "MEET", "127.0.0.1", Text(node.Port), Text(buses[index]));
            }
        }

        await UntilAsync(async () => await AllSayAsync($"cluster_known_nodes:{count}\r\n"));
        var master = await _nodes[0].CommandAsync("CLUSTER", "MYID");
        foreach (var replica in Replicas)
        {
            await replica.CommandAsync("CLUSTER", "REPLICATE", master!);
            await UntilAsync(async () => (await replica.InfoAsync("replication")).GetValueOrDefault("master_link_status") == "up");
        }

        await UntilAsync(async () => await AllSayAsync("cluster_state:ok\r\n"));
    }

    // The port of the bus must be free too.
    private async Task<int> StartNodeAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var bus = FreshPort.NumberApart();
            try
            {
                _nodes.Add(await RedisServer.StartAsync("--cluster-enabled", "yes", "--cluster-port", Text(bus), "--cluster-node-timeout", "1000"));
                return bus;
            }
            catch (InvalidOperationException) when (attempt < Attempts)
            {
                // Somebody took it.
            }
        }
    }

    private async Task<bool> AllSayAsync(string line)
    {
        foreach (var node in _nodes)
        {
            if (!(await node.CommandAsync("CLUSTER", "INFO") ?? "").Contains(line, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(ChildProcess.DefaultTimeout);
        while (!await isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(20, limit.Token); // gossip takes its time
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
