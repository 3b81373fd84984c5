using System.Net;
using System.Text;
using ActorLoad.Actors.Tests.Configuration;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

public class KeyPlaceholderSpecs
{
    private static readonly SlotSet Low = new([(0, 5460)]);
    private static readonly SlotSet High = new([(10923, 16383)]);

    [Theory]
    [InlineData("GET {key:user:1000}")]
    [InlineData("GET {key:user:1000000000}")]
    [InlineData("GET a-{key:user:1000}:name")]
    public void Keys_belong_to_the_node_of_the_connection(string command)
    {
        foreach (var slots in new[] { Low, High })
        {
            var keys = Keys(command, slots, 200);

            Assert.All(keys, key => Assert.True(slots.Contains(HashSlot.Of(Encoding.UTF8.GetBytes(key))), key));
            Assert.InRange(keys.Distinct().Count(), 100, 200); // not always the same one
        }
    }

    [Theory]
    [InlineData(64, "on", null)]
    [InlineData(65, "on", "65 different {key} placeholders in a cluster")]
    [InlineData(65, "off", null)]
    public void Many_different_keys_are_refused_in_a_cluster(int keys, string cluster, string? problem)
    {
        var script = string.Join(", ", Enumerable.Range(0, keys).Select(key => $"\"GET {{key:k{key}:9}}\", \"TTL {{key:k{key}:9}}\""));
        var file = $"target.cluster = {cluster}, connection.script = [{script}]";
        var errors = Configurations.ErrorsOfKeys(file);
        Assert.Equal(problem is null ? 0 : 1, errors.Length);
        Assert.All(errors, error => Assert.Contains(problem!, error));
    }

    [Fact]
    public void Without_a_cluster_any_key_is_drawn()
    {
        var keys = Keys("GET {key:user:1000}", null, 200);

        Assert.Contains(keys, key => Low.Contains(HashSlot.Of(Encoding.UTF8.GetBytes(key))));
        Assert.Contains(keys, key => High.Contains(HashSlot.Of(Encoding.UTF8.GetBytes(key))));
        Assert.All(keys, key => Assert.InRange(int.Parse(key["user:".Length..], null), 0, 999));
    }

    [Theory]
    [InlineData("GET {key:user:1}")] // its slot is another node's
    [InlineData("GET {{tag}}{key:user:1000000}")]
    [InlineData("GET {key:user:1000}:{client}")] // known only when it is sent
    public void Key_without_a_choice_is_sent_as_it_is(string command)
    {
        var (low, any) = (Keys(command, Low, 50), Keys(command, null, 50));

        Assert.Equal(Keys(command, High, 50), low);
        Assert.Equal(any, low);
    }

    [Theory]
    [InlineData(1 << 20, "on", "more than 1024 bytes around a {key} of a cluster")]
    [InlineData(1020, "on", "more than 1024 bytes around a {key} of a cluster")]
    [InlineData(1019, "on", null)]
    [InlineData(1 << 20, "off", null)]
    public void Long_argument_around_a_key_is_refused_in_a_cluster(int length, string cluster, string? problem)
    {
        foreach (var command in new[] { "SET {key:user:9}$ 1", "SET ${key:user:9} 1" })
        {
            var keys = $"connection.script = [\"{command.Replace("$", new string('x', length), StringComparison.Ordinal)}\"]";
            var errors = Configurations.ErrorsOfKeys($"{keys}\ntarget.cluster = {cluster}");

            Assert.Equal(problem is not null, errors is [var only] && only.Contains(problem!, StringComparison.Ordinal));
            Assert.Equal(problem is null, errors.Length == 0);
        }
    }

    [Fact]
    public void Long_argument_around_a_key_takes_no_stack()
    {
        Assert.True(Script.TryParse([$"GET {new string('x', 9 << 20)}{{key:user:3}}"], out var script, out var problem), problem);
        var session = new Session(Script.Empty, script!);

        session.Prepare([new Endpoint(new IPEndPoint(IPAddress.Loopback, 1)) { Node = new ClusterNode("", Low) }]);

        Assert.True(session.HasLongKey);
    }

    private static string[] Keys(string command, SlotSet? slots, int count)
    {
        Assert.True(Script.TryParse([command], out var script, out var problem), problem);
        var session = new Session(Script.Empty, script!);
        if (slots is not null)
        {
            session.Prepare([new Endpoint(new IPEndPoint(IPAddress.Loopback, 1)) { Node = new ClusterNode("", slots) }]);
        }

        return [.. Enumerable.Range(0, count).Select(client =>
        {
            var bytes = new byte[1000];
            var length = script!.Commands.Single().Write(new Sender(0, client) { Slots = slots, Seed = 1 }, bytes);
            return Encoding.UTF8.GetString(bytes, 0, length).Split("\r\n")[4];
        })];
    }
}
