using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Systune;

public sealed class HalfAppliedSpecs
{
    private const string Bend = "\n# bent\n";

    [NetnsFact]
    public async Task Value_refused_by_the_kernel_undoes_the_settings_before_it()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        var before = await systune.SettingsAsync();
        await File.AppendAllTextAsync(systune.ServerSettings, "\nnet.ipv4.tcp_tw_reuse = 9\n"); // comes last: all others are set by then
        var end = (await systune.ApplyAsync("server")).Expect(1);
        Assert.Contains("apply: net.ipv4.tcp_tw_reuse cannot be set to \"9\": Invalid argument", end.Stderr, StringComparison.Ordinal);
        Assert.Contains("apply: earlier settings have their old values again: nothing is changed", end.Stderr, StringComparison.Ordinal);
        Assert.Equal(before, await systune.SettingsAsync());
        Assert.False(File.Exists(systune.State));
    }

    [NetnsFact]
    public async Task Failed_second_apply_keeps_the_first_and_its_saved_values()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        var before = await systune.SettingsAsync();
        (await systune.ApplyAsync("server")).Expect();
        var (tuned, saved) = (await systune.SettingsAsync(), await File.ReadAllTextAsync(systune.State));
        await File.AppendAllTextAsync(systune.ClientSettings, "\nnet.ipv4.tcp_tw_reuse = 9\n");
        (await systune.ApplyAsync("client")).Expect(1);
        Assert.Equal(tuned, await systune.SettingsAsync());
        Assert.Equal(saved, await File.ReadAllTextAsync(systune.State));
        (await systune.RestoreAsync()).Expect();
        Assert.Equal(before, await systune.SettingsAsync());
    }

    [NetnsFact]
    public async Task Restore_that_fails_midway_keeps_all_settings_tuned_and_saved()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        (await systune.ApplyAsync("server")).Expect();
        var tuned = await systune.SettingsAsync();
        await File.AppendAllTextAsync(systune.State, "net.ipv4.tcp_tw_reuse\t9\n");
        var end = (await systune.RestoreAsync()).Expect(1);
        Assert.Contains("restore: net.ipv4.tcp_tw_reuse cannot be set to \"9\": Invalid argument", end.Stderr, StringComparison.Ordinal);
        Assert.Equal(tuned, await systune.SettingsAsync());
        Assert.True(File.Exists(systune.State));
    }

    [NetnsFact]
    public async Task Killed_apply_can_be_completed_or_undone()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        var before = await systune.SettingsAsync();
        foreach (var complete in new[] { false, true })
        {
            await BendAsync(systune, "really_put \"$@\"; kill -KILL $$");
            (await systune.ApplyAsync("server")).Expect(137);
            var half = await systune.SettingsAsync();
            Assert.NotEqual(before, half);
            await UnbendAsync(systune);
            if (complete)
            {
                Assert.Contains("saved by an earlier apply", (await systune.ApplyAsync("server")).Expect().Stdout, StringComparison.Ordinal);
                Assert.NotEqual(half, await systune.SettingsAsync());
            }

            (await systune.RestoreAsync()).Expect();
            Assert.Equal(before, await systune.SettingsAsync());
        }
    }

    [NetnsFact]
    public async Task Signal_midway_undoes_the_settings()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        var before = await systune.SettingsAsync();
        await BendAsync(systune, "really_put \"$@\" && kill -TERM $$");
        var end = (await systune.ApplyAsync("server")).Expect(130);
        Assert.Contains("apply: stopped by a signal", end.Stderr, StringComparison.Ordinal);
        Assert.Equal(before, await systune.SettingsAsync());
        Assert.False(File.Exists(systune.State));
    }

    [NetnsFact]
    public async Task Values_that_cannot_be_restored_are_named_with_exit_code_3()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        var was = await systune.SettingAsync("net.core.somaxconn");
        await BendAsync(systune, "writes=$((${writes:-0} + 1)); reason='for the test'; ((writes == 1)) && really_put \"$@\"");
        var end = (await systune.ApplyAsync("server")).Expect(3);
        Assert.Contains($"net.core.somaxconn could not be put back (for the test): it was \"{was}\"", end.Stderr, StringComparison.Ordinal);
        Assert.True(File.Exists(systune.State));
        await UnbendAsync(systune);
        (await systune.RestoreAsync()).Expect();
        Assert.Equal(was, await systune.SettingAsync("net.core.somaxconn"));
    }

    [NetnsFact]
    public async Task Second_apply_at_the_same_time_is_refused()
    {
        await using var systune = await SystuneCopy.CreateAsync();
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(systune.State)!).FullName;
        var end = (await systune.Network.ExecAsync(["flock", folder, .. systune.Apply("server")])).Expect(1);
        Assert.Contains("another apply or restore is at work", end.Stderr, StringComparison.Ordinal);
    }

    /// <summary>Another way to write a setting, in bash; <c>really_put</c> is the true one.</summary>
    private static async Task BendAsync(SystuneCopy systune, string put) => await File.AppendAllTextAsync(
        Path.Combine(systune.Folder, "settings.bash"), $"{Bend}eval \"really_$(declare -f put)\"\nput() {{\n{put}\n}}\n");

    private static async Task UnbendAsync(SystuneCopy systune)
    {
        var path = Path.Combine(systune.Folder, "settings.bash");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Split(Bend)[0]);
    }
}
