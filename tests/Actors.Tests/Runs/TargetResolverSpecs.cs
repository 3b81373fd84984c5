using System.Net;
using System.Net.Sockets;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Configuration;
using ActorLoad.Resp;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

public class TargetResolverSpecs
{
    private static readonly string[] Loopback = ["127.0.0.0/8", "::1/128"];

    [Theory]
    [InlineData("127.0.0.1:6379", "127.0.0.1:6379")]
    [InlineData("127.5.0.1:1", "127.5.0.1:1")]
    [InlineData("[::1]:6379", "[::1]:6379")]
    [InlineData("[::ffff:127.0.0.1]:6379", "127.0.0.1:6379")]
    [InlineData("both.test:1", "127.0.0.2:1")]
    [InlineData("six.test:1", "[::1]:1")]
    [InlineData("mapped.test:1", "127.0.0.3:1")]
    public async Task Allowed_endpoint_becomes_one_address_with_IPv4_first(string endpoint, string address) =>
        Assert.Equal(address, Assert.Single((await Resolve([endpoint], Loopback)).Endpoints).ToString());

    [Fact]
    public async Task Localhost_is_resolved_by_the_machine()
    {
        var target = await TargetResolver.ResolveAsync(new TargetSettings(["localhost:7"], Credentials.None), Safety(Loopback),
            TimeProvider.System, CancellationToken.None);

        Assert.True(Assert.Single(target.Endpoints).IsLoopback);
        Assert.Equal("localhost:7", Assert.Single(target.Names));
    }

    [Theory]
    [InlineData("10.0.0.1:6379", "10.0.0.1 is not an allowed target; name its network in safety.allowed-targets, such as \"10.0.0.1/32\"")]
    [InlineData("0.0.0.0:6379", "0.0.0.0 is not an allowed target; ")]
    [InlineData("[::ffff:10.0.0.1]:6379", "10.0.0.1 is not an allowed target; ")]
    [InlineData("[::2]:6379", "::2 is not an allowed target; name its network in safety.allowed-targets, such as \"::2/128\"")]
    [InlineData("far.test:1", "far.test is 192.0.2.7, which is not an allowed target; ")]
    [InlineData("mixed.test:1", "mixed.test is 192.0.2.8, which is not an allowed target; ")]
    [InlineData("none.test:1", "none.test cannot be resolved (HostNotFound); ")]
    [InlineData("empty.test:1", "empty.test has no address; ")]
    [InlineData("here", "\"here\" has no port; ")]
    public async Task A_forbidden_endpoint_is_refused_with_the_remedy(string endpoint, string error)
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => Resolve(["127.0.0.1:1", endpoint], Loopback));

        var only = Assert.Single(refused.Errors);
        Assert.Equal("target.endpoints[1]", only.Key);
        Assert.StartsWith(error, $"{only.Problem}; {only.Allowed}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_forbidden_endpoint_is_named()
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => Resolve(["10.0.0.1:1", "127.0.0.1:1", "none.test:1"], Loopback));

        Assert.Equal(["target.endpoints[0]", "target.endpoints[2]"], refused.Errors.Select(error => error.Key));
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.1.0.0/16", true)]
    [InlineData("::ffff:10.1.0.0/112", true)]
    [InlineData("0.0.0.0/0", true)]
    [InlineData("10.1.2.4/30", false)]
    [InlineData("::/0", false)]
    public async Task Network_allows_the_addresses_inside_it(string network, bool allowed)
    {
        var refused = await Record.ExceptionAsync(() => Resolve(["10.1.2.3:1"], [network]));

        Assert.Equal(allowed, refused is null);
    }

    [Fact]
    public async Task Addresses_that_are_not_stormed_are_reported()
    {
        var target = await Resolve(["both.test:1", "127.0.0.4:2", "six.test:3"], Loopback);

        Assert.Equal(["both.test:1", "127.0.0.4:2", "six.test:3"], target.Endpoints.Select(endpoint => endpoint.Name));
        Assert.Equal(
            ["both.test:1 is 127.0.0.2:1 here; its other addresses are not stormed: 127.0.0.9:1, [::1]:1", "six.test:3 is [::1]:3 here; its other address is not stormed: [::2]:3"],
            target.Unused.Select(name => $"{name}"));
    }

    [Fact]
    public async Task Every_address_of_a_name_is_stormed_on_request()
    {
        var target = await TargetResolver.ResolveAsync(
            new TargetSettings(["both.test:1", "127.0.0.4:2"], Credentials.None) { Addresses = AddressChoice.All }, Safety(Loopback), LookUp, TimeProvider.System, CancellationToken.None);

        Assert.Equal(["127.0.0.2:1", "127.0.0.9:1", "[::1]:1", "127.0.0.4:2"], target.Endpoints.Select(address => $"{address}"));
        Assert.Equal(["both.test:1", "both.test:1", "both.test:1", "127.0.0.4:2"], target.Endpoints.Select(endpoint => endpoint.Name));
        Assert.Equal(["both.test:1", "127.0.0.4:2"], target.Names.AsEnumerable());
        Assert.Empty(target.Unused);
    }

    [Theory]
    [InlineData(FamilyChoice.Ipv4, AddressChoice.All, "127.0.0.2:1 127.0.0.9:1")]
    [InlineData(FamilyChoice.Ipv6, AddressChoice.All, "[::1]:1")]
    [InlineData(FamilyChoice.Ipv6, AddressChoice.First, "[::1]:1")]
    [InlineData(FamilyChoice.Any, AddressChoice.First, "127.0.0.2:1")]
    public async Task Only_addresses_of_the_family_are_stormed(FamilyChoice family, AddressChoice addresses, string used)
    {
        var target = await TargetResolver.ResolveAsync(
            Both(family, addresses), Safety(Loopback), LookUp, TimeProvider.System, CancellationToken.None);

        Assert.Equal(used, string.Join(' ', target.Endpoints));
        Assert.Equal(3, target.Endpoints.Length + Assert.Single(target.Unused).Others.Count);
    }

    [Fact]
    public async Task Fleets_storm_their_own_addresses_of_one_name()
    {
        TargetSettings[] parts = [Both(FamilyChoice.Ipv6, AddressChoice.All), Both(FamilyChoice.Any, AddressChoice.First)];
        var target = await TargetResolver.ResolveAsync(
            new TargetSettings(["both.test:1"], Credentials.None) { Parts = [.. parts] }, Safety(Loopback), LookUp, TimeProvider.System, CancellationToken.None);

        Assert.Equal("127.0.0.2:1 [::1]:1", string.Join(' ', target.Endpoints));
        Assert.Equal("[::1]:1", string.Join(' ', RunSettingsBuilder.Of().Fleets[0] with { Name = "a", Target = parts[0] } is var fleet ? fleet.Among(target.Endpoints) : []));
    }

    [Fact]
    public async Task Name_without_an_address_of_the_family_is_refused()
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => TargetResolver.ResolveAsync(
            new TargetSettings(["127.0.0.4:2"], Credentials.None) { Family = FamilyChoice.Ipv6 }, Safety(Loopback), LookUp, TimeProvider.System, CancellationToken.None));

        Assert.Equal("target.endpoints[0]: 127.0.0.4:2 has no IPv6 address, only 127.0.0.4:2", Assert.Single(refused.Errors) is var error ? $"{error.Key}: {error.Problem}" : "");
    }

    private static TargetSettings Both(FamilyChoice family, AddressChoice addresses) =>
        new(["both.test:1"], Credentials.None) { Addresses = addresses, Family = family };

    [Fact]
    public async Task Each_address_that_is_to_be_stormed_must_be_allowed()
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => TargetResolver.ResolveAsync(
            new TargetSettings(["mixed.test:1"], Credentials.None) { Addresses = AddressChoice.All }, Safety(["127.0.0.0/8"]), LookUp, TimeProvider.System, CancellationToken.None));

        Assert.Equal("mixed.test is 192.0.2.8, which is not an allowed target", Assert.Single(refused.Errors).Problem);
    }

    [Fact]
    public async Task Names_with_too_many_addresses_are_refused()
    {
        Task<IPAddress[]> Many(string host, CancellationToken cancellation) =>
            Task.FromResult(Enumerable.Range(1, 1025).Select(number => new IPAddress(new byte[] { 127, 0, (byte)(number >> 8), (byte)number })).ToArray());
        var refused = await Assert.ThrowsAsync<SettingsException>(() => TargetResolver.ResolveAsync(
            new TargetSettings(["many.test:1"], Credentials.None) { Addresses = AddressChoice.All }, Safety(Loopback), Many, TimeProvider.System, CancellationToken.None));

        Assert.Equal("target.addresses", Assert.Single(refused.Errors).Key);
    }

    [Fact]
    public async Task Each_name_is_looked_up_once()
    {
        var asked = new List<string>();
        await TargetResolver.ResolveAsync(new TargetSettings(["both.test:1", "127.0.0.1:1"], Credentials.None), Safety(Loopback), Asked, TimeProvider.System, CancellationToken.None);

        Assert.Equal(["both.test"], asked);

        Task<IPAddress[]> Asked(string host, CancellationToken cancellation)
        {
            asked.Add(host);
            return LookUp(host, cancellation);
        }
    }

    [Fact]
    public async Task Name_shared_by_many_endpoints_is_looked_up_once()
    {
        var asked = new List<string>();
        var target = await TargetResolver.ResolveAsync(
            new TargetSettings(["both.test:1", "BOTH.test:2", "both.test:3"], Credentials.None), Safety(Loopback), Asked, TimeProvider.System, CancellationToken.None);

        Assert.Equal(["both.test"], asked);
        Assert.Equal([1, 2, 3], target.Endpoints.Select(endpoint => endpoint.Address!.Port));

        Task<IPAddress[]> Asked(string host, CancellationToken cancellation)
        {
            asked.Add(host);
            return LookUp(host, cancellation);
        }
    }

    [Fact]
    public async Task Names_unresolved_in_time_are_an_error_with_the_remedy()
    {
        var time = new ManualTime();
        var asked = new TaskCompletionSource();
        var resolving = TargetResolver.ResolveAsync(
            new TargetSettings(["none.test:1", "both.test:1", "slow.test:1", "slower.test:1"], Credentials.None), Safety(Loopback), Asked, time, CancellationToken.None);
        await asked.Task;
        Assert.False(resolving.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));
        var refused = await Assert.ThrowsAsync<SettingsException>(() => resolving.WaitAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal(["target.endpoints[0]", "target.endpoints[2]"], refused.Errors.Select(error => error.Key));
        Assert.Contains("longer than 10 s", refused.Errors[1].Problem, StringComparison.Ordinal);

        Task<IPAddress[]> Asked(string host, CancellationToken cancellation)
        {
            if (!host.StartsWith("slow", StringComparison.Ordinal))
            {
                return LookUp(host, cancellation);
            }

            asked.TrySetResult();
            return new TaskCompletionSource<IPAddress[]>().Task; // heeds no cancellation, as the system's resolver
        }
    }

    [Fact]
    public async Task A_lookup_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TargetResolver.ResolveAsync(
            new TargetSettings(["both.test:1"], Credentials.None), Safety(Loopback), LookUp, TimeProvider.System, cancelled.Token));
    }

    private static Task<ResolvedTarget> Resolve(string[] endpoints, string[] networks) =>
        TargetResolver.ResolveAsync(new TargetSettings([.. endpoints], Credentials.None), Safety(networks), LookUp, TimeProvider.System, CancellationToken.None);

    private static SafetySettings Safety(string[] networks) => ConfigLoader.Load(
        [new FileLayer("run.conf",
            $"actorload.safety.allowed-targets = [{string.Join(',', networks.Select(network => $"\"{network}\""))}]")]).Settings.Safety;

    private static Task<IPAddress[]> LookUp(string host, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string[] found = host switch
        {
            "both.test" => ["::1", "127.0.0.2", "127.0.0.9"],
            "six.test" => ["::1", "::2"],
            "mapped.test" => ["::ffff:127.0.0.3"],
            "far.test" => ["192.0.2.7"],
            "mixed.test" => ["192.0.2.8", "127.0.0.1"],
            "empty.test" => [],
            _ => throw new SocketException((int)SocketError.HostNotFound),
        };
        return Task.FromResult(found.Select(IPAddress.Parse).ToArray());
    }
}
