using System.Net;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Server;

public class ListenerJudgeSpecs
{
    private static readonly ListenerLook Unseen = new(IsHere: true, QueueLimit: null, IsServers: null);

    public static TheoryData<string, string, string, string?> Told => new()
    {
        { "the port of INFO", "tcp_port:6379", "127.0.0.1:6379", null },
        { "another port", "tcp_port:7301", "127.0.0.1:6379", "says that it listens on port 7301" },
        { "no port at all", "tcp_port:0", "127.0.0.1:6379", "says that it listens on no TCP port" },
        { "nothing told", "", "127.0.0.1:6379", null },
        { "one of two listeners", "tcp_port:6379\nlistener0:name=tcp,bind=*,bind=-::*,port=6379\nlistener1:name=tls,bind=*,port=6380", "10.0.0.9:6380", null },
        { "neither of two", "tcp_port:6379\nlistener0:name=tcp,bind=*,port=6379\nlistener1:name=tls,bind=*,port=6380\nlistener2:name=unix,bind=/tmp/r.sock", "10.0.0.9:7000",
            "says that it listens on port 6379, 6380" },
        { "another address of this machine", "listener0:name=tcp,bind=127.0.0.1,bind=-::1,port=6379", "127.0.0.2:6379", "says that it listens on 127.0.0.1, -::1 only" },
        { "all addresses", "listener0:name=tcp,bind=*,bind=-::*,port=6379", "127.0.0.2:6379", null },
        { "all of IPv6 only", "listener0:name=tcp,bind=-::*,port=6379", "127.0.0.2:6379", "says that it listens on -::* only" },
        { "its own address", "listener0:name=tcp,bind=::1,port=6379", "[::1]:6379", null },
        { "a name", "listener0:name=tcp,bind=redis.internal,port=6379", "127.0.0.2:6379", null },
    };

    [Theory]
    [MemberData(nameof(Told))]
    public void Listener_belongs_to_the_server_when_INFO_names_its_port_and_address(string why, string info, string endpoint, string? proxy) =>
        Assert.Equal((proxy, why), (Judge(info, endpoint, Unseen), why));

    [Fact]
    public void Listener_held_by_the_servers_process_is_the_servers_whatever_INFO_says() =>
        Assert.Null(Judge("tcp_port:7301", "127.0.0.1:6379", Unseen with { IsServers = true }));

    [Fact]
    public void Listener_not_held_by_the_servers_process_belongs_to_another_program() =>
        Assert.Equal("is process 77, and does not hold the listener", Judge("tcp_port:6379\nprocess_id:77", "127.0.0.1:6379", Unseen with { IsServers = false }));

    [Fact]
    public void Remote_server_may_be_reached_at_an_address_unknown_to_it()
    {
        var far = Unseen with { IsHere = false };
        Assert.Null(Judge("listener0:name=tcp,bind=10.0.0.5,port=6379", "203.0.113.7:6379", far));
        Assert.NotNull(Judge("listener0:name=tcp,bind=127.0.0.1,port=6379", "203.0.113.7:6379", far));
    }

    [Theory]
    [InlineData(511, null)]
    [InlineData(128, null)]
    [InlineData(4_096, "asks for an accept queue of 511, and the listener has 4096")]
    public void Queue_longer_than_the_servers_backlog_belongs_to_another_program(long limit, string? proxy) =>
        Assert.Equal(proxy, Judge("tcp_port:6379", "127.0.0.1:6379", Unseen with { QueueLimit = limit }, ("tcp-backlog", "511")));

    [Fact]
    public void CONFIG_is_used_where_INFO_has_no_listeners()
    {
        Assert.Equal("says that it listens on 127.0.0.1, -::1 only", Judge("tcp_port:6379", "127.0.0.2:6379", Unseen, ("bind", "127.0.0.1 -::1")));
        Assert.Null(Judge("tcp_port:6379", "127.0.0.2:6379", Unseen, ("bind", "* -::*")));
    }

    private static string? Judge(string info, string endpoint, ListenerLook look, params (string Key, string Value)[] settings) => ListenerJudge.Proxy(
        IPEndPoint.Parse(endpoint), ServerReadingSpecs.Of($"# Server\nredis_version:7.2.4\n{info}"),
        new ServerConfiguration(settings.ToDictionary(setting => setting.Key, setting => setting.Value), null), look);
}
