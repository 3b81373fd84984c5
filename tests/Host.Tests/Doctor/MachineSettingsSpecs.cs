using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Tests.EndToEnd;
using ActorLoad.Hosting.Tests.Systune;
using ActorLoad.Hosting.Tests.Transport;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Doctor;

/// <summary>Settings that are the whole machine's: doctor and systune see files of the spec in their place, in a mount namespace, and nobody else does.</summary>
public sealed class MachineSettingsSpecs : IDisposable
{
    private const string Overcommit = "/proc/sys/vm/overcommit_memory";
    private const string Swappiness = "/proc/sys/vm/swappiness";
    private const string Memory = "/proc/meminfo";

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [SkippableFact]
    public async Task Overcommit_that_may_fail_a_fork_is_found_and_fixed()
    {
        Needs.These(Requirement.Redis, Requirement.LesserRoot);
        await using var redis = await RedisServer.StartAsync("--save", "3600 1");
        await ExpectMendedAsync(redis.Target, TuningKeys.Overcommit, Shown((Overcommit, "0\n")));
    }

    [SkippableFact]
    public async Task Swappiness_with_swap_is_found_and_fixed()
    {
        Needs.These(Requirement.LesserRoot);
        await ExpectMendedAsync(
            "embedded", TuningKeys.Swappiness,
            Shown((Swappiness, "60\n"), (Memory, "MemTotal: 9000000 kB\nMemAvailable: 8000000 kB\nSwapTotal: 2000000 kB\n")));
    }

    [SkippableFact]
    public async Task Huge_pages_for_all_programs_are_found_and_fixed()
    {
        Needs.These(Requirement.Redis, Requirement.LesserRoot);
        await using var redis = await RedisServer.StartAsync("--disable-thp", "no");
        var shown = Shown((TuningKeys.HugePages, "[always] madvise never\n"));
        var check = (await Examination.OfAsync(redis.Target, Storm.Load(5), shown)).Named(TuningKeys.HugePages);
        check.Expect(CheckState.Warn);
        await check.Remedy().CarryOutAsync(shown);
        Assert.Equal(check.Remedy().Proposed, Now(TuningKeys.HugePages));
        shown = Shown((TuningKeys.HugePages, $"always [{check.Remedy().Proposed}] never\n")); // as the kernel answers to that
        (await Examination.OfAsync(redis.Target, Storm.Load(5), shown)).Named(TuningKeys.HugePages).Expect(CheckState.Ok);
    }

    [SkippableFact]
    public async Task Lack_of_memory_is_found_and_fixed()
    {
        Needs.These(Requirement.LesserRoot);
        var shown = Shown((Memory, "MemTotal: 300000 kB\nMemAvailable: 250000 kB\nSwapTotal: 0 kB\n"));
        var check = (await Examination.OfAsync("embedded", Storm.Load(5_000), shown)).Named("memory");
        check.Expect(CheckState.Fail);
        (await Examination.OfAsync("embedded", Storm.Load(5_000), shown, check.Remedy(TuningKeys.MaxOpen).AsOption())).Named("memory")
            .Expect(CheckState.Warn); // all of it
    }

    [SkippableFact]
    public async Task Systune_sets_machine_wide_values_and_restores_them()
    {
        Needs.These(Requirement.Netns, Requirement.LesserRoot);
        await using var systune = await SystuneCopy.CreateAsync();
        var shown = Shown((Overcommit, "0\n"), (Swappiness, "60\n"), (TuningKeys.HugePages, "always\n"));
        string[] only = ["--only", "vm", "--only", TuningKeys.HugePages];
        (await ChildProcess.RunAsync([.. shown, Path.Combine(systune.Folder, "apply"), "--state", systune.State, .. only, "server"])).Expect();
        Assert.Equal(("1", "1", "madvise"), (Now(Overcommit), Now(Swappiness), Now(TuningKeys.HugePages)));
        (await ChildProcess.RunAsync([.. shown, .. systune.Restore()])).Expect();
        Assert.Equal(("0", "60", "always"), (Now(Overcommit), Now(Swappiness), Now(TuningKeys.HugePages)));
    }

    /// <summary>A warning, its command, and doctor again.</summary>
    private static async Task ExpectMendedAsync(string target, string key, string[] shown)
    {
        var check = (await Examination.OfAsync(target, Storm.Load(5), shown)).Named(key);
        check.Expect(CheckState.Warn);
        await check.Remedy().CarryOutAsync(shown);
        (await Examination.OfAsync(target, Storm.Load(5), shown)).Named(key).Expect(CheckState.Ok);
    }

    /// <summary>Words before a command that then sees files of these texts. What is written there is seen by the next command too.</summary>
    private string[] Shown(params (string Path, string Text)[] files)
    {
        var mounts = files.Select(file => $"mount --bind {_files.Write(Name(file.Path), file.Text)} {file.Path}");
        return ["unshare", "--mount", "bash", "-c", $"{string.Join(" && ", mounts)} && exec \"$0\" \"$@\""];
    }

    private string Now(string path) => File.ReadAllText(_files[Name(path)]).Trim();

    private static string Name(string path) => path.Trim('/').Replace('/', '-');
}
