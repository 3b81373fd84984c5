using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Systune;

/// <summary>The files of systune/, read by the programs that they are for.</summary>
public sealed class SystuneFilesSpecs : IDisposable
{
    private const string Installed = "/opt/actorload/actorload";

    private readonly TemporaryDirectory _files = new();

    private static string Folder => Path.Combine(Sources.Root, "systune");

    public void Dispose() => _files.Dispose();

    [LinuxTheory]
    [InlineData("apply")]
    [InlineData("restore")]
    [InlineData("settings.bash")]
    public async Task Scripts_are_valid_bash(string script) => (await ChildProcess.RunAsync("bash", "-n", Path.Combine(Folder, script))).Expect();

    [ShellCheckFact]
    public async Task The_scripts_pass_shellcheck()
    {
        string[] scripts = [Path.Combine(Folder, "apply"), Path.Combine(Folder, "restore"), Path.Combine(Folder, "settings.bash")];
        (await ChildProcess.RunAsync(["shellcheck", "-x", "-s", "bash", "-P", Sources.Root, .. scripts])).Expect();
    }

    [SystemdAnalyzeFact]
    public async Task Systemd_accepts_the_daemons_unit()
    {
        var end = (await ChildProcess.RunAsync("systemd-analyze", "verify", "--man=no", await DaemonUnitAsync())).Expect();
        Assert.DoesNotContain("actorload.service", end.Stderr, StringComparison.Ordinal); // what it does not know it ignores, with a warning
    }

    [SystemdAnalyzeFact]
    public async Task The_daemons_unit_is_hardened() => // exposure 1.8 of 10 when it was written
        (await ChildProcess.RunAsync("systemd-analyze", "security", "--offline=true", "--threshold=20", await DaemonUnitAsync())).Expect();

    [SystemdAnalyzeFact]
    public async Task Systemd_accepts_the_drop_ins()
    {
        var folders = Directory.GetDirectories(Path.Combine(Folder, "systemd"), "*.service.d");
        Assert.True(folders.Length >= 4);
        foreach (var folder in folders)
        {
            var unit = _files.Write(Path.GetFileName(folder)[..^".d".Length], "[Service]\nExecStart=/bin/true\n");
            var dropIn = _files.Write($"{Path.GetFileName(folder)}/60-actorload.conf", await File.ReadAllTextAsync(Path.Combine(folder, "60-actorload.conf")));
            Assert.DoesNotContain(".conf:", (await ChildProcess.RunAsync("systemd-analyze", "verify", "--man=no", unit)).Expect().Stderr, StringComparison.Ordinal);
            await File.AppendAllTextAsync(dropIn, "LimitNOFILE=many\n"); // it is read at all
            Assert.Contains("60-actorload.conf:", (await ChildProcess.RunAsync("systemd-analyze", "verify", "--man=no", unit)).Stderr, StringComparison.Ordinal);
        }
    }

    [RedisFact]
    public async Task Redis_accepts_the_servers_settings()
    {
        await using var redis = await RedisServer.StartAsync("--include", Path.Combine(Folder, "redis.conf"));
        Assert.Equal("65535", await ValueAsync(redis, "tcp-backlog"));
        Assert.Equal("60", await ValueAsync(redis, "tcp-keepalive"));
        Assert.Equal("0", await ValueAsync(redis, "timeout"));
        Assert.NotEqual("10000", await ValueAsync(redis, "maxclients")); // what descriptors allow, where those are fewer
    }

    private static async Task<string> ValueAsync(RedisServer redis, string key) => (await ChildProcess.RunAsync(
        "redis-cli", "-p", redis.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "config", "get", key)).Expect().Stdout.Split('\n')[1];

    /// <summary>As it is, but that the program lies where it was built.</summary>
    private async Task<string> DaemonUnitAsync()
    {
        var unit = await File.ReadAllTextAsync(Path.Combine(Folder, "systemd", "actorload.service"));
        Assert.Contains($"ExecStart={Installed} serve", unit, StringComparison.Ordinal);
        Assert.Contains("Type=notify", unit, StringComparison.Ordinal);
        return _files.Write("actorload.service", unit.Replace(Installed, Path.ChangeExtension(ActorLoadProcess.Dll, null), StringComparison.Ordinal));
    }
}
