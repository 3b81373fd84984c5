using System.CommandLine;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using ActorLoad.Hosting.Commands;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Packaging;

/// <summary>The program as its users install it: what <c>src/Host/Packaging/build.sh</c> made.</summary>
public sealed class ProgramPackagesSpecs : IDisposable
{
    private const string VersionLine = """^\d+\.\d+\.\d+(-[\w.]+)?(\+[0-9a-f]{40})?$""";

    // A storm of its own server: two processes of one program.
    private static readonly string[] _storm = ["run", "--json", "--quiet", "--target", "embedded", "--cps", "20", "--count", "1"];

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [PackagesFact]
    public async Task Tool_installs_from_a_folder_and_runs()
    {
        (await ChildProcess.RunAsync("dotnet", "tool", "install", "ActorLoad", "--version", Packages.Version, "--tool-path", _files["tool"],
            "--source", Packages.Folder)).Expect();

        var program = _files["tool/actorload"];
        Assert.Matches(VersionLine, (await ChildProcess.RunAsync(program, "--version")).Expect().Stdout.Trim());
        AssertSucceeded((await ChildProcess.RunAsync([program, .. _storm])).Expect());
    }

    [DebianPackagesFact]
    public async Task Archive_runs_where_no_dotnet_is()
    {
        var program = Path.Combine(Unpacked("linux-x64"), "actorload");
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string[] bare = [.. OwnMounts.Disk(dotnet, "1m"), "env", "-i", "PATH=/usr/bin:/bin", "HOME=/nonexistent"];

        Assert.NotEqual(0, (await ChildProcess.RunAsync([.. bare, Path.Combine(dotnet, "dotnet"), "--version"])).ExitCode);
        Assert.Matches(VersionLine, (await ChildProcess.RunAsync([.. bare, program, "--version"])).Expect().Stdout.Trim());
        AssertSucceeded((await ChildProcess.RunAsync([.. bare, program, .. _storm])).Expect());
    }

    [PackagesFact]
    public void Man_pages_have_every_command_and_option()
    {
        var pages = Path.Combine(Unpacked("linux-x64"), "man");
        var root = RootCommandLine.Create(TimeProvider.System);
        Command[] commands = [.. root.Subcommands.Where(command => !command.Hidden)];

        Assert.Equal(
            commands.Select(command => $"actorload-{command.Name}.1").Append("actorload.1").Order(StringComparer.Ordinal),
            Directory.GetFiles(pages).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(ManPages.Of(root), page => Assert.Equal(page.Text, File.ReadAllText(Path.Combine(pages, page.File))));
        Assert.All(commands, command =>
        {
            var page = File.ReadAllText(Path.Combine(pages, $"actorload-{command.Name}.1"));
            Assert.All(command.Options.Where(option => !option.Hidden), option =>
                Assert.Contains(option.Name.Replace("-", "\\-", StringComparison.Ordinal), page, StringComparison.Ordinal));
        });
    }

    private static void AssertSucceeded(ProcessResult storm)
    {
        using var result = JsonDocument.Parse(storm.Stdout);
        Assert.Equal(20, result.RootElement.GetProperty("connections").GetProperty("succeeded").GetInt32());
    }

    private string Unpacked(string platform)
    {
        var name = $"actorload-{Packages.Version}-{platform}";
        using var archive = File.OpenRead(Packages.PathOf($"{name}.tar.gz"));
        using var tar = new GZipStream(archive, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(tar, _files.Root, overwriteFiles: false);
        return _files[name];
    }
}
