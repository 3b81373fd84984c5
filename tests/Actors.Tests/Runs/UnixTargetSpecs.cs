using System.Net.Sockets;
using ActorLoad.Configuration;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>Unix sockets as targets: what a run file may name, and what is found out before the run.</summary>
public sealed class UnixTargetSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("al-unix-");

    [Fact]
    public async Task Socket_is_a_target_beside_others_and_needs_no_allowance()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(At("s")));

        var target = await ResolveAsync($"unix:{At("x")}/../s", "127.0.0.1:1");

        Assert.Equal([$"unix:{At("s")}", "127.0.0.1:1"], target.Endpoints.Select(endpoint => $"{endpoint}"));
        Assert.Equal((At("s"), null, true), (target.Endpoints[0].Path, target.Endpoints[0].Address, target.Endpoints[0].IsLoopback));
        Assert.Equal($"unix:{At("x")}/../s", target.Endpoints[0].Name);
        Assert.NotEqual(target.Endpoints[0], target.Endpoints[1]);
        Assert.Equal(target.Endpoints[0], Endpoint.OfUnix(At("s")));
    }

    [Fact]
    public async Task Socket_that_does_not_exist_yet_may_be_the_target() =>
        Assert.Equal($"unix:{At("none")}", Assert.Single((await ResolveAsync($"unix:{At("none")}")).Endpoints).ToString());

    [Theory]
    [InlineData("file", "is a file, and not a socket")]
    [InlineData("folder", "is a directory")]
    public async Task Path_that_is_no_socket_is_refused(string name, string problem)
    {
        await File.WriteAllTextAsync(At("file"), "");
        _folder.CreateSubdirectory("folder");

        var refused = await Assert.ThrowsAsync<SettingsException>(() => ResolveAsync($"unix:{At(name)}"));

        var error = Assert.Single(refused.Errors);
        Assert.Equal(("target.endpoints[0]", $"{At(name)} {problem}"), (error.Key, error.Problem));
    }

    [Theory]
    [InlineData("unix:s", "\"unix:s\" has no path that begins with /")]
    [InlineData("unix:", "\"unix:\" has no path that begins with /")]
    [InlineData("unix://run/ääääääääääääääääääääääääääääääääääääääääääääääääääää", "the path of the Unix socket has 110 bytes, and the kernel takes 107 at most")]
    public void Path_that_the_kernel_does_not_take_is_an_error_of_the_run_file(string endpoint, string problem)
    {
        var error = Assert.Single(Assert.Throws<SettingsException>(() => LoadKeys($"target.endpoints = [\"{endpoint}\"]")).Errors);

        Assert.Equal(("target.endpoints[0]", problem), (error.Key, error.Problem));
    }

    [Theory]
    [InlineData("unix:/run/redis.sock", true)]
    [InlineData("unix:/run/x/../redis.sock", true)]
    [InlineData("unix:/run/docker.sock", false)]
    [InlineData("unix:/run/redis.sock/../docker.sock", false)]
    public void Posted_run_may_storm_only_the_sockets_that_the_daemon_allows(string endpoint, bool isAllowed)
    {
        var daemon = LoadKeys("safety.allowed-targets = [\"10.1.0.0/16\", \"unix:/run/redis.sock\"]");
        LoadedConfiguration Post(string keys) => ConfigLoader.LoadStranger(new FileLayer("body", $"actorload {{ {keys} }}"), daemon);
        string[] bodies = [$"target.endpoints = [\"{endpoint}\"]", $"fleets = [ {{ name = a, target.endpoints = [\"{endpoint}\"] }} ]"];

        foreach (var body in bodies)
        {
            if (isAllowed)
            {
                Assert.Equal(endpoint, Assert.Single(Post(body).Settings.Target.Endpoints));
            }
            else
            {
                var error = Assert.Single(Assert.Throws<SettingsException>(() => Post(body)).Errors);
                Assert.Equal(("target.endpoints[0]", $"\"{endpoint}\" is not an allowed target"), (error.Key, error.Problem));
            }
        }
    }

    [Fact]
    public void Source_addresses_of_a_Unix_socket_are_refused()
    {
        var settings = LoadKeys("target.endpoints = [\"unix:/run/s\"], connection.source-addresses = [\"127.0.0.2\"]").Settings;

        var refused = Assert.Throws<SettingsException>(() => SourceCheck.Check(settings, [Endpoint.OfUnix("/run/s")]));

        Assert.Equal("a Unix socket has no source address", Assert.Single(refused.Errors).Problem);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static Task<ResolvedTarget> ResolveAsync(params string[] endpoints) => TargetResolver.ResolveAsync(
        LoadKeys($"target.endpoints = [{string.Join(',', endpoints.Select(endpoint => $"\"{endpoint}\""))}]").Settings.Target,
        new SafetySettings([new System.Net.IPNetwork(System.Net.IPAddress.Parse("127.0.0.0"), 8)]), TimeProvider.System, CancellationToken.None);
}
