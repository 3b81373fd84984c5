using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Systune;

public sealed class ApplySpecs
{
    [NetnsFact]
    public async Task Restore_brings_back_the_old_settings()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        var before = await systune.SettingsAsync();
        (await systune.ApplyAsync("server")).Expect();
        Assert.Equal("65535", await systune.SettingAsync("net.core.somaxconn"));
        Assert.Equal("15", await systune.SettingAsync("net.ipv4.tcp_fin_timeout"));
        var told = (await systune.RestoreAsync()).Expect().Stdout;
        Assert.EndsWith("the old values are back\n", told, StringComparison.Ordinal);
        Assert.Equal(before, await systune.SettingsAsync());
        Assert.False(File.Exists(systune.State));
    }

    [NetnsFact]
    public async Task Applied_values_are_those_of_the_catalogue()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        foreach (var (side, host) in new[] { ("client", RemedyHost.Client), ("server", RemedyHost.Server) })
        {
            (await systune.ApplyAsync(side)).Expect();
            var settings = TuningCatalogue.BuiltIn.Settings.Where(setting =>
                setting.Host == host && (setting.Key.StartsWith("net.ipv4.", StringComparison.Ordinal) || setting.Key == TuningKeys.SoMaxConn)).ToArray();
            Assert.True(settings.Length >= 4);
            foreach (var setting in settings)
            {
                var now = await systune.SettingAsync(setting.Key);
                Assert.True(setting.IsMetBy(now), $"{setting.Key} is {now}");
            }
        }
    }

    [NetnsFact]
    public async Task A_dry_run_shows_everything_and_changes_nothing()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        var before = await systune.SettingsAsync();
        var told = (await systune.ApplyAsync("--dry-run", "server")).Expect().Stdout;
        var line = Assert.Single(told.Split('\n'), line => line.StartsWith("net.core.somaxconn ", StringComparison.Ordinal));
        Assert.EndsWith(" -> 65535", line, StringComparison.Ordinal);
        Assert.Equal(before, await systune.SettingsAsync());
        Assert.False(Directory.Exists(Path.GetDirectoryName(systune.State)));
    }

    [NetnsFact]
    public async Task Repeated_apply_and_apply_for_the_other_side_keep_the_first_values()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        var before = await systune.SettingsAsync();
        (await systune.ApplyAsync("server")).Expect();
        var saved = await File.ReadAllTextAsync(systune.State);
        var again = (await systune.ApplyAsync("server")).Expect();
        Assert.Contains("nothing to change", again.Stdout, StringComparison.Ordinal);
        await systune.Network.SysctlAsync("net.core.somaxconn", "17"); // somebody else's hand between them
        (await systune.ApplyAsync("server")).Expect();
        Assert.Equal(saved, await File.ReadAllTextAsync(systune.State));
        (await systune.ApplyAsync("client")).Expect();
        Assert.StartsWith(saved, await File.ReadAllTextAsync(systune.State), StringComparison.Ordinal);
        (await systune.RestoreAsync()).Expect();
        Assert.Equal(before, await systune.SettingsAsync());
    }

    [NetnsFact]
    public async Task Better_values_are_left_unchanged()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        await systune.Network.SysctlAsync("net.core.somaxconn", "100000");
        await systune.Network.SysctlAsync("net.ipv4.ip_local_port_range", "1024 65000");
        await systune.Network.SysctlAsync("net.ipv4.tcp_syncookies", "2");
        var told = (await systune.ApplyAsync("server")).Expect().Stdout + (await systune.ApplyAsync("client")).Expect().Stdout;
        Assert.Contains("100000 is left alone (proposed: 65535)", told, StringComparison.Ordinal);
        Assert.Contains("1024 65000 is left alone (proposed: 18000 65535)", told, StringComparison.Ordinal);
        Assert.Equal("100000", await systune.SettingAsync("net.core.somaxconn"));
        Assert.Equal("1024\t65000", await systune.SettingAsync("net.ipv4.ip_local_port_range"));
        Assert.Equal("2", await systune.SettingAsync("net.ipv4.tcp_syncookies"));
    }

    [LinuxTheory]
    [InlineData("apply", "client or server?")]
    [InlineData("apply client server", "client or server, one of them")]
    [InlineData("apply sever", "\"sever\" is not known")]
    [InlineData("apply --only", "--only needs a value")]
    [InlineData("apply --dry-run --only nothing client", "--only nothing: no key of the client has this prefix")]
    [InlineData("apply --dry-run --only net.core.som server", "--only net.core.som: no key of the server has this prefix")]
    [InlineData("apply --dry-run --skip net.nothing client", "--skip net.nothing: ")]
    [InlineData("restore now", "\"now\" is not known")]
    [InlineData("restore --state", "--state needs a value")]
    public async Task Bad_usage_ends_with_exit_code_2_and_one_line(string words, string expected)
    {
        string[] command = words.Split(' ');
        var script = Path.Combine(Peers.Processes.Sources.Root, "systune", command[0]);
        var end = (await Peers.Processes.ChildProcess.RunAsync([script, .. command[1..]])).Expect(2);
        Assert.Equal("", end.Stdout);
        Assert.StartsWith($"{command[0]}: {expected}", end.Stderr, StringComparison.Ordinal);
        Assert.Contains($"usage: systune/{command[0]}", end.Stderr, StringComparison.Ordinal);
    }
}
