using ActorLoad.Observers.Kernel;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

public sealed class ProcFileSpecs : IDisposable
{
    private readonly KernelFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_file_is_read_again_from_its_start()
    {
        _files.Write("file", "first and longer");
        using var file = new ProcFile(_files.PathOf("file"));
        Assert.Equal("first and longer", file.Read());
        _files.Write("file", "second");
        Assert.Equal("second", file.Read());
        Assert.Null(file.Problem);
    }

    [Fact]
    public void A_file_larger_than_any_before_is_read_whole()
    {
        var content = new string('x', 100_000);
        _files.Write("file", content);
        using var file = new ProcFile(_files.PathOf("file"));
        Assert.Equal(content, file.Read());
    }

    [Fact]
    public void Endless_file_stops_at_the_size_limit()
    {
        using var file = new ProcFile("/dev/zero");
        Assert.Null(file.Read());
        Assert.Equal("/dev/zero has more than 1048576 bytes", file.Problem);
    }

    [Fact]
    public void Missing_file_is_named()
    {
        using var file = new ProcFile(_files.PathOf("proc/net/snmp"));
        Assert.Null(file.Read());
        Assert.True(file.IsMissing);
        Assert.Equal($"{_files.PathOf("proc/net/snmp")} does not exist", file.Problem);
    }

    [LinuxFact]
    public void Forbidden_file_is_named()
    {
        _files.MakeForbidden("file");
        using var file = new ProcFile(_files.PathOf("file"));
        Assert.Null(file.Read());
        Assert.False(file.IsMissing);
        Assert.Equal($"{_files.PathOf("file")} may not be read", file.Problem);
    }

    [LinuxFact]
    public void Failed_read_is_reported_with_the_reason()
    {
        using var file = new ProcFile(KernelFiles.Unreadable);
        Assert.Null(file.Read());
        Assert.Equal("/proc/self/mem cannot be read (Input/output error)", file.Problem);
    }

    [NetnsFact]
    public async Task File_opened_in_a_namespace_keeps_reading_that_namespace()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var file = network.Inside(() => new ProcFile("/proc/thread-self/net/snmp"));
        Assert.Equal(0, Read(file)["AttemptFails"]);
        (await network.ExecAsync("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9")).Expect(1);
        Assert.Equal(1, Read(file)["AttemptFails"]);
    }

    private static NetCounters Read(ProcFile file)
    {
        var counters = new NetCounters();
        Assert.True(counters.Take(file.Read()!, "Tcp"));
        return counters;
    }
}
