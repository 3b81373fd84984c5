using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Configuration;
using ActorLoad.Peers;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>What a run finds out of a cluster before it begins, and what it refuses.</summary>
public sealed class ClusterDiscoverySpecs
{
    private const string Whole = "*1\r\n*4\r\n$5\r\nslots\r\n*2\r\n:0\r\n:16383\r\n$5\r\nnodes\r\n*1\r\n*8\r\n"
        + "$4\r\nport\r\n:7001\r\n$2\r\nip\r\n$IP\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$6\r\nhealth\r\n$HEALTH\r\n";

    [Fact]
    public async Task Node_without_an_address_is_at_that_of_the_endpoint()
    {
        await using var node = new StubNode(Answer("", "online"));

        var found = Assert.Single((await FindAsync($"target {{ endpoints = [\"{node.Target}\"], cluster = on }}")).Endpoints);

        Assert.Equal(("127.0.0.1:7001", "127.0.0.1:7001", 16384), ($"{found}", found.Name, found.Node!.Slots.Count));
    }

    [Fact]
    public async Task Endpoint_that_does_not_answer_is_passed()
    {
        await using var node = new StubNode(Answer("127.0.0.9", "online"));
        using var closed = new StubNode.ClosedPort();

        var found = await FindAsync($"target {{ endpoints = [\"{closed.Target}\", \"{node.Target}\"], cluster = on }}");

        Assert.Equal("127.0.0.9:7001", Assert.Single(found.Endpoints).ToString());
        Assert.Equal([closed.Target, node.Target], found.Names.AsEnumerable());
    }

    [Fact]
    public async Task Older_server_is_asked_for_its_slots()
    {
        await using var node = new StubNode(
            "-ERR Unknown subcommand or wrong number of arguments for 'SHARDS'. Try CLUSTER HELP.\r\n",
            "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.8\r\n:7003\r\n");

        Assert.Equal("127.0.0.8:7003", Assert.Single((await FindAsync($"target {{ endpoints = [\"{node.Target}\"], cluster = on }}")).Endpoints).ToString());
    }

    [Fact]
    public async Task Fleets_may_storm_a_cluster_and_one_of_its_nodes()
    {
        await using var node = new StubNode(Answer("", "online"));
        var settings = Settings($$"""
            target.endpoints = ["{{node.Target}}"]
            fleets = [ { name = all, target.cluster = on }, { name = one }, { name = again, target.cluster = on } ]
            """);

        var found = await TargetFinder.FindAsync(settings, TimeProvider.System, CancellationToken.None);

        Assert.Equal(
            ["127.0.0.1:7001", node.Target, "127.0.0.1:7001"], settings.Fleets.Select(fleet => Assert.Single(fleet.Among(found.Endpoints)).ToString()));
    }

    [Theory]
    [InlineData("", "fail", "the cluster has a node down: 127.0.0.1:7001 (slots 0-16383) is fail")]
    [InlineData("10.9.9.9", "online", "the cluster's node 10.9.9.9:7001 is not an allowed target")]
    [InlineData(null, "*0\r\n", "the cluster of 127.0.0.1:PORT has no slots yet")]
    [InlineData(null, "*1\r\n*4\r\n$5\r\nslots\r\n*2\r\n:0\r\n:99\r\n$5\r\nnodes\r\n*1\r\n*4\r\n$4\r\nport\r\n:7001\r\n$4\r\nrole\r\n$6\r\nmaster\r\n", "16284 slots of the cluster have no node")]
    [InlineData(null, "-ERR This instance has cluster support disabled\r\n", "no node could be asked for the cluster: 127.0.0.1:PORT is no node of a cluster (ERR This instance has cluster support disabled)")]
    [InlineData(null, "-NOPERM this user has no permissions to run the 'cluster|shards' command\r\n", "no node could be asked for the cluster: 127.0.0.1:PORT is no node of a cluster (NOPERM this user has no permissions to run the 'cluster|shards' command)")]
    public async Task Cluster_that_cannot_be_stormed_is_refused_before_the_run(string? ip, string answer, string problem)
    {
        await using var node = new StubNode(ip is null ? answer : Answer(ip, answer));

        var refused = await Assert.ThrowsAsync<SettingsException>(() => FindAsync($"target {{ endpoints = [\"{node.Target}\"], cluster = on }}"));

        var error = Assert.Single(refused.Errors);
        Assert.Equal(("target.cluster", problem.Replace("127.0.0.1:PORT", node.Target, StringComparison.Ordinal)), (error.Key, error.Problem));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_536)]
    [InlineData(int.MaxValue)]
    public async Task Port_that_no_node_can_have_is_refused(int port)
    {
        await using var node = new StubNode(Answer("127.0.0.1", "online").Replace(":7001", $":{port}", StringComparison.Ordinal));

        Assert.Equal($"{node.Target} tells of a node at port {port}, which no node can have", await ProblemAsync(Keys(node)));
    }

    [Theory]
    [InlineData("node.test", "fail: hunter22", "the cluster has a node down: node.test:7001 (slots 0-16383) is fail: ***")]
    [InlineData("hunter22", "fail", "the cluster has a node down: ***:7001 (slots 0-16383) is fail")]
    [InlineData("hunter22", "online", "the cluster's node *** cannot be resolved")]
    [InlineData("no\e[2J.test", "online", "the cluster's node no\\u001b[2J.test cannot be resolved")]
    public async Task Secret_that_a_node_repeats_is_hidden(string host, string health, string problem)
    {
        await using var node = new StubNode(Answer(host, health));
        var settings = Settings($"{Keys(node)}, connection.script = [AUTH hunter22]");

        Assert.Equal(problem, await ProblemAsync(settings, LookUp));
    }

    [Fact]
    public async Task Node_whose_name_has_a_secret_goes_by_its_address()
    {
        await using var node = new StubNode(Named("hunter22"));
        var settings = Settings($"{Keys(node)}, connection.script = [AUTH hunter22]");

        var found = await TargetFinder.FindAsync(settings, TimeProvider.System, CancellationToken.None);

        Assert.Equal("127.0.0.1:7001", Assert.Single(found.Endpoints).Name);
    }

    [Theory]
    [InlineData("any", "both.test", "127.0.0.4:7001")]
    [InlineData("ipv4", "both.test", "127.0.0.4:7001")]
    [InlineData("ipv6", "both.test", "[::1]:7001")]
    [InlineData("ipv6", "::1", "[::1]:7001")]
    [InlineData("ipv6", "mapped.test", "the cluster's node mapped.test has no IPv6 address, only 127.0.0.5")]
    [InlineData("ipv6", "127.0.0.4", "the cluster's node 127.0.0.4 has no IPv6 address, only 127.0.0.4")]
    [InlineData("ipv4", "::1", "the cluster's node ::1 has no IPv4 address, only ::1")]
    [InlineData("any", "empty.test", "the cluster's node empty.test has no address")]
    public async Task Nodes_have_the_family_of_the_target(string family, string host, string expected)
    {
        var settings = Settings($"target {{ cluster = on, family = {family} }}");

        Assert.Equal(expected, await FoundAsync(settings, host));
    }

    [Fact]
    public async Task Names_of_nodes_are_looked_up_once_and_have_one_limit()
    {
        await using var node = new StubNode(
            "-ERR unknown subcommand\r\n",
            "*2\r\n*3\r\n:0\r\n:99\r\n*2\r\n$9\r\nnode.test\r\n:7001\r\n*3\r\n:100\r\n:16383\r\n*2\r\n$9\r\nnode.test\r\n:7002\r\n");
        var (time, asked) = (new ManualTime(), 0);

        var problem = await ProblemAsync(Settings(Keys(node)), async (_, stop) =>
        {
            asked++;
            await Task.Yield();
            time.Advance(NameLookUp.Limit);
            await Task.Delay(Timeout.Infinite, stop);
            return [];
        }, time);

        Assert.Equal((1, "looking up the names of the cluster's nodes took longer than 10 s"), (asked, problem));
    }

    [Fact]
    public async Task Cluster_of_too_many_nodes_is_refused()
    {
        await using var node = new StubNode(
            "-ERR unknown subcommand\r\n",
            "*2\r\n*3\r\n:0\r\n:99\r\n*2\r\n$0\r\n\r\n:7001\r\n*3\r\n:100\r\n:16383\r\n*2\r\n$0\r\n\r\n:7002\r\n");
        var plain = string.Join(", ", Enumerable.Range(1, TargetReader.MaxEndpoints - 1).Select(port => $"\"127.0.0.1:{port}\""));
        var keys = $$"""fleets = [ { name = all, {{Keys(node)}} }, { name = many, target.endpoints = [{{plain}}] } ]""";

        Assert.Equal("with the cluster's nodes there are 1025 endpoints", await ProblemAsync(keys));
    }

    [Theory]
    [InlineData("order = weighted, weights = [1]", "weights where the cluster's nodes are asked for")]
    [InlineData("endpoints = [embedded]", "the embedded server, which is no cluster")]
    public void Keys_that_contradict_a_cluster_are_refused(string keys, string problem) => Assert.Equal(
        problem, Assert.Single(Assert.Throws<SettingsException>(() => LoadKeys($"target {{ cluster = on, {keys} }}")).Errors).Problem);

    [RedisFact]
    public async Task Server_that_is_no_cluster_says_so()
    {
        await using var redis = await RedisServer.StartAsync();

        var refused = await Assert.ThrowsAsync<SettingsException>(() => FindAsync($"target {{ endpoints = [\"{redis.Target}\"], cluster = on }}"));

        Assert.Contains("is no node of a cluster (ERR This instance has cluster support disabled)", Assert.Single(refused.Errors).Problem, StringComparison.Ordinal);
    }

    private static string Keys(StubNode node) => $"target {{ endpoints = [\"{node.Target}\"], cluster = on }}";

    private static Task<string> ProblemAsync(string keys) => ProblemAsync(Settings(keys), LookUp);

    private static async Task<string> ProblemAsync(
        RunSettings settings, Func<string, CancellationToken, Task<IPAddress[]>> lookUp, TimeProvider? time = null)
    {
        var seeds = await TargetResolver.ResolveAsync(settings.Target, settings.Safety, TimeProvider.System, default);
        var error = Assert.Single((await Assert.ThrowsAsync<SettingsException>(
            () => ClusterDiscovery.FindAsync(settings, seeds, lookUp, time ?? TimeProvider.System, default))).Errors);
        Assert.Equal("target.cluster", error.Key);
        return error.Problem;
    }

    private static async Task<string> FoundAsync(RunSettings settings, string host)
    {
        try
        {
            var nodes = new ClusterNodes(settings, settings.Target, new IPEndPoint(IPAddress.Loopback, 7000), new LookUps(LookUp, default));
            return $"{await nodes.EndpointAsync(new ClusterShard(host, 7001, [], ClusterShard.Online))}";
        }
        catch (SettingsException wrong)
        {
            return Assert.Single(wrong.Errors).Problem;
        }
    }

    private static Task<IPAddress[]> LookUp(string host, CancellationToken stop) => host switch
    {
        "both.test" => Task.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Parse("127.0.0.4")]),
        "mapped.test" => Task.FromResult<IPAddress[]>([IPAddress.Parse("::ffff:127.0.0.5")]),
        "empty.test" => Task.FromResult<IPAddress[]>([]),
        _ => throw new SocketException((int)SocketError.HostNotFound),
    };

    private static string Named(string name) => Answer("127.0.0.1", "online").Replace("*8\r\n", $"*10\r\n$8\r\nendpoint\r\n${name.Length}\r\n{name}\r\n", StringComparison.Ordinal);

    private static string Answer(string ip, string health) => Whole
        .Replace("$IP", $"${ip.Length}\r\n{ip}", StringComparison.Ordinal).Replace("$HEALTH", $"${health.Length}\r\n{health}", StringComparison.Ordinal);

    private static RunSettings Settings(string keys) => LoadKeys(keys).Settings;

    private static Task<ResolvedTarget> FindAsync(string keys) => TargetFinder.FindAsync(Settings(keys), TimeProvider.System, CancellationToken.None);

    /// <summary>Answers PING, and then each question with the next answer.</summary>
    private sealed class StubNode : IAsyncDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly Task _served;

        public StubNode(params string[] answers)
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            _served = ServeAsync(answers);
        }

        public string Target => $"{_listener.LocalEndPoint}";

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _served;
        }

        private async Task ServeAsync(string[] answers)
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptAsync();
                    var buffer = new byte[1000];
                    foreach (var answer in answers.Prepend("+PONG\r\n"))
                    {
                        await client.ReceiveAsync(buffer);
                        await client.SendAsync(Encoding.ASCII.GetBytes(answer));
                    }
                }
            }
            catch (SocketException)
            {
                // The spec is over.
            }
        }

        public sealed class ClosedPort : IDisposable
        {
            private readonly Socket _bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

            public ClosedPort() => _bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

            public string Target => $"{_bound.LocalEndPoint}";

            public void Dispose() => _bound.Dispose();
        }
    }
}
