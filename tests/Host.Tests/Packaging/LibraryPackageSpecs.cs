using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Packaging;

/// <summary>The library as somebody else's tests use it: from its package.</summary>
public sealed class LibraryPackageSpecs : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(4);

    private readonly TemporaryDirectory _files = new();

    private static string Package => Packages.PathOf($"ActorLoad.Actors.{Packages.Version}.nupkg");

    public void Dispose() => _files.Dispose();

    [RedisPackagesFact]
    public async Task Test_of_the_library_page_compiles_and_passes_with_the_package()
    {
        await using var redis = await RedisServer.StartAsync();
        var page = await File.ReadAllTextAsync(Path.Combine(Sources.Root, "docs", "library.md"));
        var project = Shown("storm-project").Match(page).Groups["code"].Value;
        var test = Shown("storm").Match(page).Groups["code"].Value;
        Assert.Contains("127.0.0.1:6379", test, StringComparison.Ordinal);
        _files.Write("ServerSpecs.cs", test.Replace("127.0.0.1:6379", redis.Target, StringComparison.Ordinal));
        _files.Write("Theirs.csproj", project);

        // Packages that this machine has are taken from there. This library is not: an older build of it may be among them.
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await using var dotnet = ChildProcess.Start(
            [
                "dotnet", "test", $"-p:RestoreAdditionalProjectSources={Packages.Folder}", $"-p:RestoreFallbackFolders={packages}",
                $"-p:RestorePackagesPath={_files["packages"]}", "-p:NuGetAudit=false",
            ],
            new Dictionary<string, string?> { ["VSTestNoBuild"] = null, ["Configuration"] = null, ["CI"] = null, ["MSBUILDDISABLENODEREUSE"] = "1" },
            _files.Root);

        var end = (await dotnet.ExitAsync(_limit)).Expect();
        Assert.Matches("""Passed:\s+1,""", end.Stdout);
        Assert.True(await redis.ConnectionsReceivedAsync() >= 1000);
    }

    [PackagesFact]
    public void Package_says_what_it_is_and_what_it_needs()
    {
        using var package = ZipFile.OpenRead(Package);
        using var stream = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var nuspec = XDocument.Load(stream).Root!;

        string Text(string name) => nuspec.Descendants().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal(("ActorLoad.Actors", Packages.Version, "Apache-2.0", "README.md"), (Text("id"), Text("version"), Text("license"), Text("readme")));
        Assert.Subset(
            new HashSet<string> { "Akka", "HdrHistogram", "StackExchange.Redis", "RESPite", "System.Configuration.ConfigurationManager", "System.IO.Hashing" },
            nuspec.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value).ToHashSet());
        Assert.DoesNotContain(nuspec.Descendants(), element => element.Name.LocalName == "frameworkReference");
        Assert.Contains(package.Entries, entry => entry.FullName == "lib/net10.0/ActorLoad.Actors.xml");
        Assert.Contains(package.Entries, entry => entry.FullName == "LICENSE");
        Assert.True(File.Exists(Path.ChangeExtension(Package, ".snupkg")));
    }

    private static Regex Shown(string name) => new($"<!-- {name} -->\n```[a-z]+\n(?<code>.*?)```\n<!-- /{name} -->", RegexOptions.Singleline);
}
