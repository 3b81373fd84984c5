using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using ActorLoad.Transport;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

public sealed class SourceAddressSpecs
{
    [Theory]
    [InlineData("\"127.0.0.2\"", "127.0.0.2")]
    [InlineData("\"127.0.0.2-127.0.0.4\"", "127.0.0.2 127.0.0.3 127.0.0.4")]
    [InlineData("\"127.0.0.254 - 127.0.1.1\"", "127.0.0.254 127.0.0.255 127.0.1.0 127.0.1.1")]
    [InlineData("\"10.1.0.0/29\"", "10.1.0.1 10.1.0.2 10.1.0.3 10.1.0.4 10.1.0.5 10.1.0.6")]
    [InlineData("\"10.1.0.0/31\"", "10.1.0.0 10.1.0.1")]
    [InlineData("\"fd00::fffe-fd00::1:1\"", "fd00::fffe fd00::ffff fd00::1:0 fd00::1:1")]
    [InlineData("\"fd00::/127\", \"::1\", \"fd00::1\"", "fd00:: fd00::1 ::1")]
    [InlineData("\"::ffff:127.0.0.7\"", "127.0.0.7")]
    public void Addresses_networks_and_ranges_are_read(string list, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', Read(list)!.All));

    [Fact]
    public void Empty_list_leaves_the_address_to_the_route() => Assert.Null(Read(""));

    [Theory]
    [InlineData("127.1", "\"127.1\" is not an address", "an address, a network such as 10.1.0.0/28, or a range such as 10.1.0.2-10.1.0.9")]
    [InlineData("eth0", "\"eth0\" is not an address", "an address, a network such as 10.1.0.0/28, or a range such as 10.1.0.2-10.1.0.9")]
    [InlineData("127.0.0.2-9", "\"127.0.0.2-9\" is not a range of addresses", "an address, a network such as 10.1.0.0/28, or a range such as 10.1.0.2-10.1.0.9")]
    [InlineData("127.0.0.9-127.0.0.2", "\"127.0.0.9-127.0.0.2\" is not a range: its second address does not come after the first", "an address, a network such as 10.1.0.0/28, or a range such as 10.1.0.2-10.1.0.9")]
    [InlineData("127.0.0.9-::1", "\"127.0.0.9-::1\" is not a range: its second address does not come after the first", "an address, a network such as 10.1.0.0/28, or a range such as 10.1.0.2-10.1.0.9")]
    [InlineData("10.1.0.1/24", "\"10.1.0.1/24\" has bits behind its prefix (the network is 10.1.0.0/24)", "an address, a network such as 10.1.0.0/28, or a range such as 10.1.0.2-10.1.0.9")]
    [InlineData("127.0.0.0/8", "the network 127.0.0.0/8 has more than 256 addresses", "at most 256 addresses")]
    [InlineData("::/64", "the network ::/64 has more than 256 addresses", "at most 256 addresses")]
    [InlineData("127.0.0.1-127.0.1.1", "the range 127.0.0.1-127.0.1.1 has more than 256 addresses", "at most 256 addresses")]
    public void Everything_else_is_refused_with_its_place(string text, string problem, string allowed)
    {
        var error = Assert.Single(Assert.Throws<SettingsException>(() => Read($"\"127.0.0.2\", \"{text}\"")).Errors);

        Assert.Equal(("connection.source-addresses[1]", problem, allowed), (error.Key, error.Problem, error.Allowed));
    }

    [Fact]
    public void More_addresses_than_a_run_may_have_are_refused()
    {
        var error = Assert.Single(Assert.Throws<SettingsException>(() => Read("\"127.0.0.0/24\", \"127.0.1.0/24\"")).Errors);

        Assert.Equal(("connection.source-addresses", "508 addresses", "at most 256 addresses"), (error.Key, error.Problem, error.Allowed));
    }

    [Theory]
    [InlineData("198.51.100.1", "127.0.0.1:6379", "198.51.100.1 is no address of this machine")]
    [InlineData("198.51.100.1-198.51.100.5", "127.0.0.1:6379", "198.51.100.1, 198.51.100.2, 198.51.100.3 and 2 more are no addresses of this machine")]
    [InlineData("127.0.0.2", "[::1]:6379", "127.0.0.2 has no IPv6 address for the target [::1]:6379")]
    [InlineData("127.0.0.2", "198.51.100.9:6379", "from 127.0.0.2 no route leads to 198.51.100.9:6379")]
    public void Address_that_no_connection_could_come_from_is_refused_before_the_run(string source, string target, string problem)
    {
        var settings = LoadKeys($"connection.source-addresses = [\"{source}\"], target.endpoints = [\"{target}\"]").Settings;

        var refused = Assert.Throws<SettingsException>(() => SourceCheck.Check(settings, [new Endpoint(IPEndPoint.Parse(target), target)]));

        var error = Assert.Single(refused.Errors);
        Assert.Equal(("connection.source-addresses", problem), (error.Key, error.Problem));
    }

    [Fact]
    public void Fleet_with_a_foreign_address_is_named_and_others_may_have_their_own()
    {
        var settings = LoadKeys("""
            fleets = [ { name = a, connection.source-addresses = ["127.0.0.2"] }
                       { name = b, connection.source-addresses = ["198.51.100.1"] } ]
            """).Settings;

        var refused = Assert.Throws<SettingsException>(
            () => SourceCheck.Check(settings, [new Endpoint(IPEndPoint.Parse("127.0.0.1:6379"), "127.0.0.1:6379")]));

        Assert.Equal("fleets[1].connection.source-addresses", Assert.Single(refused.Errors).Key);
    }

    private static SourceAddresses? Read(string list) => LoadKeys($"connection.source-addresses = [{list}]").Settings.Connection.Socket.Sources;
}
