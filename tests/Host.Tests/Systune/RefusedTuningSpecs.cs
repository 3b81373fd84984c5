using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Systune;

/// <summary>What cannot be done is said, and leaves everything as it was.</summary>
public sealed class RefusedTuningSpecs
{
    private static readonly string[] Nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    // A mount namespace of its own, in which /proc/sys is as most containers have it.
    private static readonly string[] ReadOnly =
        ["unshare", "-m", "bash", "-c", "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec \"$@\"", "bash"];

    [NetnsFact]
    public async Task User_other_than_root_is_refused_but_may_look()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        await RefusedAsync(systune, [.. Nobody, .. systune.Apply("server")], "only root may change kernel settings; nothing was changed");
        (await systune.Network.ExecAsync([.. Nobody, .. systune.Apply("--dry-run", "server")])).Expect();
        (await systune.ApplyAsync("server")).Expect();
        await RefusedAsync(systune, [.. Nobody, .. systune.Restore()], "only root may change kernel settings; nothing was changed");
        (await systune.Network.ExecAsync([.. Nobody, .. systune.Restore("--dry-run")])).Expect();
        Assert.True(File.Exists(systune.State));
    }

    [NetnsFact]
    public async Task Read_only_proc_sys_is_named_as_the_reason()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        await RefusedAsync(
            systune, [.. ReadOnly, .. systune.Apply("server")],
            "net.core.somaxconn cannot be set: /proc/sys/net/core/somaxconn is mounted read-only, as in most containers");
        Assert.False(File.Exists(systune.State));
        (await systune.ApplyAsync("server")).Expect();
        await RefusedAsync(systune, [.. ReadOnly, .. systune.Restore()], "net.core.somaxconn cannot be set: /proc/sys/net/core/somaxconn is mounted read-only");
        Assert.True(File.Exists(systune.State));
    }

    [NetnsFact]
    public async Task Key_that_the_kernel_lacks_is_named_with_a_command_for_the_other_keys()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        await File.AppendAllTextAsync(systune.ServerSettings, "\nnet.ipv4.tcp_tw_recycle = 1\n"); // was a key once
        var end = await RefusedAsync(systune, systune.Apply("server"), "net.ipv4.tcp_tw_recycle cannot be set: this kernel (");
        var rest = end.Stderr.Split('\n').Single(line => line.Contains("can be set with: ", StringComparison.Ordinal)).Split("can be set with: systune/apply ")[1];
        Assert.Equal("--only net.ipv4 --only net.core.somaxconn --skip net.ipv4.tcp_tw_recycle server", rest);
        (await systune.Network.ExecAsync([Path.Combine(systune.Folder, "apply"), "--state", systune.State, .. rest.Split(' ')])).Expect();
        Assert.Equal("65535", await systune.SettingAsync("net.core.somaxconn"));
    }

    [NetnsFact]
    public async Task A_key_whose_module_is_not_loaded_is_left_out()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        await File.AppendAllTextAsync(systune.ServerSettings, "\n-net.ipv4.nobody_has_this = 1\n");
        var told = (await systune.ApplyAsync("server")).Expect().Stdout;
        Assert.Matches("net.ipv4.nobody_has_this +left out: it is not there", told);
    }

    [NetnsFact]
    public async Task Machine_wide_key_cannot_be_set_from_a_namespace()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        await RefusedAsync(
            systune, systune.Apply("--only", "net.core", "server"),
            "net.core.rmem_max cannot be set: it belongs to the whole machine and is read-only in this network namespace");
    }

    [NetnsFact]
    public async Task Line_that_is_not_a_setting_is_reported()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        await File.WriteAllTextAsync(systune.ClientSettings, "# x\nnet.ipv4.tcp_tw_reuse 1\n");
        await RefusedAsync(systune, systune.Apply("client"), $"{systune.ClientSettings}:2: \"net.ipv4.tcp_tw_reuse 1\" is not a setting; nothing was changed", 2);
        File.Delete(systune.ClientSettings);
        await RefusedAsync(systune, systune.Apply("client"), $"{systune.ClientSettings} cannot be read; nothing was changed", 2);
    }

    [NetnsFact]
    public async Task Apply_changes_nothing_when_it_cannot_save()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        await RefusedAsync(
            systune, systune.Apply("--state", "/proc/nowhere/saved", "server"), "/proc/nowhere is not a directory and cannot be made, so the present values");
    }

    [NetnsFact]
    public async Task Restore_without_saved_values_says_that_nothing_is_saved()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        await RefusedAsync(systune, systune.Restore(), $"nothing is saved ({systune.State} is not there), so nothing was changed");
    }

    [NetnsFact]
    public async Task Values_of_another_namespace_boot_or_program_are_not_restored()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        (await systune.ApplyAsync("server")).Expect();
        await using (var elsewhere = await SystuneCopy.CreateAsync())
        {
            await RefusedAsync(elsewhere, systune.Restore(), $"the values in {systune.State} belong to another network namespace");
            await RefusedAsync(elsewhere, systune.Apply("client"), $"the values in {systune.State} belong to another network namespace");
        }

        var saved = await File.ReadAllTextAsync(systune.State);
        await File.WriteAllTextAsync(systune.State, saved.Replace("boot=", "boot=0", StringComparison.Ordinal));
        await RefusedAsync(systune, systune.Restore(), $"the values in {systune.State} were saved before the last restart");
        await File.WriteAllTextAsync(systune.State, "my diary\n");
        await RefusedAsync(systune, systune.Restore(), $"{systune.State} holds no values saved by systune/apply");
        foreach (var line in new[] { "net.core.somaxconn", "../../etc/passwd\t1", "net.core.somaxconn\t" })
        {
            await File.WriteAllTextAsync(systune.State, $"{saved}{line}\n");
            await RefusedAsync(systune, systune.Restore(), $"{systune.State}:{saved.Split('\n').Length}: \"{line}\" is not a saved value; nothing was changed");
        }

        await File.WriteAllTextAsync(systune.State, "");
        await RefusedAsync(systune, systune.Restore(), $"{systune.State} is empty; nothing was changed");
    }

    private static async Task<ProcessResult> RefusedAsync(SystuneCopy systune, IReadOnlyList<string> command, string expected, int exitCode = 1)
    {
        var before = await systune.SettingsAsync();
        var end = (await systune.Network.ExecAsync([.. command])).Expect(exitCode);
        Assert.Contains($": {expected}", end.Stderr, StringComparison.Ordinal);
        Assert.Equal(before, await systune.SettingsAsync());
        return end;
    }
}
