using ActorLoad.Observers.Kernel;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

public sealed class KernelSettingsSpecs : IDisposable
{
    private readonly KernelFiles _files = new();
    private readonly UnseenNotes _unseen = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Each_setting_is_read_under_its_sysctl_name()
    {
        _files.Write("proc/sys/net/core/somaxconn", "4096\n");
        _files.Write("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
        _files.Write("proc/sys/net/ipv4/ip_local_reserved_ports", "\n");
        _files.Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        _files.Write("proc/self/limits", "Limit            Soft Limit  Hard Limit  Units\nMax open files   1024        unlimited   files\n");
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["net.core.somaxconn"] = "4096",
                ["net.ipv4.ip_local_port_range"] = "32768 60999",
                ["net.ipv4.ip_local_reserved_ports"] = "",
                ["nofile"] = "1024",
                ["nofile-hard"] = "unlimited",
                ["transparent_hugepage"] = "madvise",
            },
            KernelSettings.Read(_files.Paths, _unseen));
    }

    [Fact]
    public void Hidden_common_settings_are_reported_in_one_sentence()
    {
        foreach (var sysctl in KernelSettings.Sysctls.Where(name => !name.Contains("nf_conntrack", StringComparison.Ordinal) && name is not "net.ipv4.tcp_mem"))
        {
            _files.Write($"proc/sys/{sysctl.Replace('.', '/')}", "1\n");
        }

        KernelSettings.Read(_files.Paths, _unseen);
        Assert.Empty(_unseen.Sentences);

        File.Delete(_files.PathOf("proc/sys/net/core/somaxconn"));
        File.Delete(_files.PathOf("proc/sys/vm/swappiness"));
        KernelSettings.Read(_files.Paths, _unseen);
        Assert.Equal(
            [$"{_files.PathOf("proc/sys")} does not show net.core.somaxconn, vm.swappiness: what follows from them cannot be said."],
            _unseen.Sentences);
    }

    [Fact]
    public void Missing_kernel_has_no_settings_and_is_not_reported()
    {
        Assert.Empty(KernelSettings.Read(_files.Paths, _unseen));
        Assert.Empty(_unseen.Sentences);
    }

    [LinuxFact]
    public void Unreadable_setting_is_absent_and_reported()
    {
        _files.MakeUnreadable("proc/sys/net/core/somaxconn");
        _files.Write("proc/sys/vm/swappiness", "60\n");
        Assert.Equal(["vm.swappiness"], KernelSettings.Read(_files.Paths, _unseen).Keys);
        Assert.Equal(
            $"net.core.somaxconn is not known: {_files.PathOf("proc/sys/net/core/somaxconn")} cannot be read (Input/output error).", _unseen.Sentences[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("always madvise never")]
    [InlineData("[")]
    public void Garbage_for_huge_pages_and_limits_is_not_a_setting(string garbage)
    {
        _files.Write("sys/kernel/mm/transparent_hugepage/enabled", garbage);
        _files.Write("proc/self/limits", garbage);
        Assert.Empty(KernelSettings.Read(_files.Paths, _unseen));
    }

    [NetnsFact]
    public async Task Settings_come_from_the_namespace_in_which_they_are_read()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.core.somaxconn", "16");
        await network.SysctlAsync("net.ipv4.ip_local_port_range", "40000 40003");
        var settings = network.Inside(() => KernelSettings.Read(KernelPaths.Linux, _unseen));
        Assert.Equal(("16", "40000 40003"), (settings["net.core.somaxconn"], settings["net.ipv4.ip_local_port_range"]));
        Assert.True(int.Parse(settings["nofile"], System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Empty(_unseen.Sentences);
    }
}
