using ActorLoad.Actors.Tests.Observers.Kernel;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Observers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;
using static ActorLoad.Actors.Tests.Doctor.Storms;

namespace ActorLoad.Actors.Tests.Doctor;

public sealed class MachineReadingsSpecs
{
    [LinuxFact]
    public void This_machine_can_be_read()
    {
        var machine = MachineReadings.Read(KernelPaths.Linux, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        Assert.True(machine.Ports > 0 && machine.MemoryAvailable > 0 && machine.SwapTotal >= 0 && machine.Number(TuningKeys.Descriptors) > 0, $"{machine}");
        Assert.NotNull(machine.Setting(TuningKeys.SoMaxConn));
    }

    [Fact]
    public void Memory_is_the_lesser_of_free_memory_and_the_containers_limit()
    {
        using var files = new KernelFiles();
        files.Write("proc/meminfo", "MemTotal:  9000 kB\nMemAvailable:   5000 kB\nSwapTotal:   7 kB\n");
        var machine = MachineReadings.Read(files.Paths, 9_000 * 1024);
        Assert.Equal((5_000 * 1024L, 7 * 1024L), (machine.MemoryAvailable!.Value, machine.SwapTotal!.Value));
        Assert.Equal(4_000, MachineReadings.Read(files.Paths, 4_000).MemoryAvailable);
    }

    [Fact]
    public void Unreadable_machine_leaves_every_check_unseen_and_none_failed()
    {
        using var files = new KernelFiles();
        var machine = MachineReadings.Read(files.Paths, 0);
        Assert.Null(machine.MemoryAvailable);
        var checks = Full(Needs with { IsGraceful = true, KernelPorts = true }, machine, new ServerReadings("127.0.0.1:6379", true));
        Assert.All(checks.Where(check => check.Name is not (TuningKeys.MaxOpen or "transport.kind")), check =>
        {
            Assert.True(check.State == CheckState.Unseen, $"{check}");
            Assert.Contains("not", check.Sentence, StringComparison.Ordinal);
        });
        Assert.Contains("not Linux", checks.Named(TuningKeys.SoMaxConn).Sentence, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Forbidden_file_is_named_as_the_reason()
    {
        using var files = new KernelFiles();
        foreach (var path in new[] { "proc/sys/net/core/somaxconn", "sys/kernel/mm/transparent_hugepage/enabled" })
        {
            files.Write(path, "");
            files.MakeForbidden(path);
        }

        var machine = MachineReadings.Read(files.Paths, 0);
        Assert.Contains(files.PathOf("proc/sys/net/core/somaxconn"), machine.WhyUnseen(TuningKeys.SoMaxConn), StringComparison.Ordinal);
        Assert.Contains(files.PathOf("sys/kernel/mm"), machine.WhyUnseen(TuningKeys.HugePages), StringComparison.Ordinal);
    }
}
