using System.Net;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Actors.Tests.Transport.Uring;
using ActorLoad.Observers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

public sealed class KernelSourcesSpecs : IDisposable
{
    private static readonly IPEndPoint[] _target = [new(IPAddress.Loopback, 6379)];

    private readonly KernelFiles _files = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _files.Dispose();

    [LinuxFact]
    public void A_healthy_kernel_leaves_nothing_unseen()
    {
        using var sources = new KernelSources(KernelPaths.Linux, _target, TimeProvider.System);
        var reading = sources.Read();
        Assert.Empty(sources.Unseen.Sentences);
        Assert.Equal([], KernelCounterNames.Tcp.Concat(KernelCounterNames.TcpExt).Where(name => reading.Counters[name] is null));
        Assert.Equal(
            ["alloc", "inuse", "mem", "orphan", "tw"],
            reading.Levels.Keys.Except(["inuse6", KernelSources.Conntrack]).Order(StringComparer.Ordinal));
        Assert.NotNull(reading.Sockets);
    }

    [LinuxFact]
    public void Missing_files_are_reported_once_each()
    {
        using var sources = Open();
        sources.Read();
        var reading = sources.Read();
        Assert.Empty(reading.Counters.Values);
        Assert.Empty(reading.Levels);
        Assert.Equal(
            [
                $"What the kernel counts of connections and resets was not seen: {_files.PathOf("proc/net/snmp")} does not exist.",
                $"What the kernel counts of drops, aborts and retransmitted SYNs was not seen: {_files.PathOf("proc/net/netstat")} does not exist.",
                $"How many sockets the machine has was not seen: {_files.PathOf("proc/net/sockstat")} does not exist.",
            ],
            sources.Unseen.Sentences);
    }

    [LinuxFact]
    public void Garbage_is_reported_and_loses_only_the_counts_of_its_file()
    {
        _files.Healthy(5);
        _files.Write("proc/net/snmp", "<html>\0");
        using var sources = Open();
        var reading = sources.Read();
        Assert.Equal(KernelCounterNames.TcpExt, reading.Counters.Values.Keys);
        Assert.Equal(
            [$"What the kernel counts of connections and resets was not seen: {_files.PathOf("proc/net/snmp")} has no counters of Tcp."],
            sources.Unseen.Sentences);
    }

    [LinuxFact]
    public void Counters_missing_in_an_old_kernel_are_named()
    {
        _files.Healthy();
        _files.Write("proc/net/netstat", KernelFiles.Counters("TcpExt", KernelCounterNames.TcpExt.Except(["TCPSynRetrans", "TCPReqQFullDrop"]), 1));
        using var sources = Open();
        Assert.Null(sources.Read().Counters["TCPSynRetrans"]);
        Assert.Equal(
            [$"This kernel does not count TCPReqQFullDrop, TCPSynRetrans: {_files.PathOf("proc/net/netstat")} has no such columns."],
            sources.Unseen.Sentences);
    }

    [LinuxFact]
    public void Unreadable_kernel_file_is_reported()
    {
        _files.Healthy();
        _files.MakeUnreadable("proc/net/sockstat");
        _files.MakeForbidden("proc/net/netstat");
        _files.MakeUnreadable("proc/net/stat/nf_conntrack");
        using var sources = Open();
        sources.Read();
        Assert.Equal(
            [
                $"What the kernel counts of drops, aborts and retransmitted SYNs was not seen: {_files.PathOf("proc/net/netstat")} may not be read.",
                $"Drops of connection tracking were not seen: {_files.PathOf("proc/net/stat/nf_conntrack")} cannot be read (Input/output error).",
                $"How many sockets the machine has was not seen: {_files.PathOf("proc/net/sockstat")} cannot be read (Input/output error).",
            ],
            sources.Unseen.Sentences);
    }

    [LinuxFact]
    public void Connection_tracking_is_read_where_it_exists()
    {
        _files.Healthy();
        _files.Write("proc/net/stat/nf_conntrack", "entries drop early_drop insert_failed\n00000003 00000010 00000001 00000002\n");
        _files.Write("proc/sys/net/netfilter/nf_conntrack_count", "1234\n");
        using var sources = Open();
        var reading = sources.Read();
        Assert.Equal((16, 1234), (reading.Counters["ConntrackDrop"], reading.Levels[KernelSources.Conntrack]));
        Assert.Empty(sources.Unseen.Sentences);
    }

    [LinuxFact]
    public void Open_kernel_sources_still_read_when_no_descriptor_is_left()
    {
        const int tooManyFiles = 24;
        using var sources = new KernelSources(KernelPaths.Linux, _target, TimeProvider.System);
        KernelReading? reading = null;
        SocketCounts? listeners = null;
        var thread = new Thread(() =>
        {
            Seccomp.Refuse(SystemCalls.OpenAt, tooManyFiles);
            Seccomp.Refuse(SystemCalls.Socket, tooManyFiles);
            reading = sources.Read(countAnew: true);
            listeners = sources.ReadListeners();
        });
        thread.Start();
        thread.Join();
        Assert.Empty(sources.Unseen.Sentences);
        Assert.NotNull(reading?.Sockets);
        Assert.NotNull(listeners);
        Assert.NotEmpty(reading.Counters.Values);
        Assert.NotEmpty(reading.Levels);
    }

    [LinuxFact]
    public void Slow_count_of_sockets_is_not_repeated_at_once()
    {
        var slow = new SlowTime(_time);
        using var sources = new KernelSources(_files.Healthy().Paths, _target, slow);
        slow.Step = TimeSpan.FromMilliseconds(50);
        var first = sources.Read();
        slow.Step = TimeSpan.Zero;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(first.Sockets, sources.Read().Sockets);
        Assert.NotSame(first.Sockets, sources.Read(countAnew: true).Sockets);
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = sources.Read();
        Assert.NotSame(second.Sockets, sources.Read().Sockets);
    }

    private KernelSources Open() => new(_files.Paths, _target, _time);

    /// <summary>A clock that moves on at each look.</summary>
    private sealed class SlowTime(ManualTime time) : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp()
        {
            time.Advance(Step);
            return time.GetTimestamp();
        }
    }
}
