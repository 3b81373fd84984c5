using System.Net;
using ActorLoad.Actors.Tests.Runs;
using ActorLoad.Actors.Tests.Transport.Uring;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

/// <summary>The observer in virtual time, and on the thread of the spec.</summary>
public sealed class KernelObserverSpecs() : TestKit(VirtualScheduler.Configuration)
{
    private static readonly TimeSpan _baseline = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly KernelFiles _files = new();

    private VirtualScheduler Scheduler => (VirtualScheduler)Sys.Scheduler;

    [LinuxFact]
    public void Kernel_observer_is_ready_once_after_its_baseline()
    {
        var (parent, _) = Start(Healthy);
        Scheduler.Pass(_baseline);
        parent.ExpectNoMsg(TimeSpan.Zero);
        Scheduler.Pass(_baseline);
        Assert.Equal("kernel", parent.ExpectMsg<ObserverReady>().Observer);
        Scheduler.Pass(10 * _baseline);
        parent.ExpectNoMsg(TimeSpan.Zero);
    }

    [LinuxFact]
    public void Counts_of_the_run_are_separate_from_those_of_the_idle_machine()
    {
        var (parent, observer) = Start(Healthy);
        for (var value = 1; value <= 10; value++)
        {
            Pass(100);
            _files.Healthy(value);
        }

        Pass(100);
        parent.ExpectMsg<ObserverReady>();
        observer.Tell(StormBegins.Instance);
        Pass(1_000);
        _files.Healthy(500);
        Pass(1_000);
        _files.Healthy(1_010);
        observer.Tell(StormEnded.Instance);
        var ledger = Ended(parent).Ledger!;
        Assert.Equal((1, 9, 1_001), (ledger.BaselineSeconds, ledger.Counters["OutRsts"].IdlePerSecond, ledger.Counters["OutRsts"].Delta));
        Assert.Equal(new WatchedLevel(9, 1_010, 1_010), ledger.Sockets["inuse"]);
        Assert.Equal(2.1, ledger.Seconds);
    }

    [LinuxFact]
    public void Stopped_run_has_the_ledger_up_to_the_stop()
    {
        var (parent, observer) = Start(Healthy);
        Pass(1_000);
        parent.ExpectMsg<ObserverReady>();
        observer.Tell(StormBegins.Instance);
        _files.Healthy(7);
        observer.Tell(ConcludeNow.Instance);
        Assert.Equal(7, Ended(parent).Ledger!.Counters["OutRsts"].Delta);
    }

    [LinuxFact]
    public void Observer_answers_for_a_run_that_never_began()
    {
        var (parent, observer) = Start(Healthy);
        observer.Tell(ConcludeNow.Instance);
        Assert.Equal(0, Ended(parent).Ledger!.Counters["OutRsts"].Delta);
    }

    [LinuxFact]
    public void Files_that_break_during_a_run_lose_only_the_later_counts()
    {
        var (parent, observer) = Start(Healthy);
        Pass(1_000);
        observer.Tell(StormBegins.Instance);
        _files.Healthy(400);
        Pass(1_000);
        _files.Write("proc/net/netstat", "garbage");
        Pass(1_000);
        _files.Write("proc/net/snmp", "");
        Pass(1_000);
        parent.ExpectMsg<ObserverReady>();
        observer.Tell(StormEnded.Instance);
        var observed = Ended(parent);
        Assert.Equal((400, 400), (observed.Ledger!.Counters["OutRsts"].Delta, observed.Ledger.Counters["ListenDrops"].Delta));
        Assert.Equal(
            [
                $"What the kernel counts of drops, aborts and retransmitted SYNs was not seen: {_files.PathOf("proc/net/netstat")} has no counters of TcpExt.",
                $"What the kernel counts of connections and resets was not seen: {_files.PathOf("proc/net/snmp")} has no counters of Tcp.",
            ],
            observed.Unseen);
    }

    [LinuxFact]
    public void Blind_kernel_observer_is_ready_and_answers_with_the_reasons()
    {
        const int permissionDenied = 1;
        KernelSources? blind = null;
        var thread = new Thread(() =>
        {
            Seccomp.Refuse(SystemCalls.Socket, permissionDenied);
            blind = Open([new IPEndPoint(IPAddress.Loopback, 1)]);
        });
        thread.Start();
        thread.Join();
        var (parent, observer) = Start(() => blind!);
        Pass(1_000);
        parent.ExpectMsg<ObserverReady>();
        observer.Tell(StormBegins.Instance);
        observer.Tell(StormEnded.Instance);
        var observed = Ended(parent);
        Assert.Null(observed.Ledger);
        Assert.Equal(4, observed.Unseen.Count); // snmp, netstat, sockstat, sock_diag
    }

    [Fact]
    public void Sources_that_throw_harm_neither_the_run_nor_the_answer()
    {
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() =>
        {
            var (parent, observer) = Start(() => throw new InvalidOperationException("a bug"));
            parent.ExpectMsg<ObserverReady>();
            observer.Tell(StormBegins.Instance);
            Pass(1_000);
            observer.Tell(StormEnded.Instance);
            var observed = Ended(parent);
            Assert.Null(observed.Ledger);
            Assert.Equal(["Some of what the kernel counts was not seen: a bug"], observed.Unseen);
        });
    }

    [NetnsFact]
    public async Task A_storm_in_a_namespace_is_counted_to_the_last_connection()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.core.somaxconn", "16");
        using var sockets = new NamespaceSockets(network, backlog: 511);
        var (parent, observer) = Start(() => network.Inside(() => new KernelSources(
            KernelPaths.Linux with { Net = "/proc/thread-self/net" }, [sockets.EndPoint], new SchedulerTime(Scheduler))));
        Pass(1_000);
        parent.ExpectMsg<ObserverReady>();
        observer.Tell(StormBegins.Instance);
        var clients = Enumerable.Range(0, 17).Select(_ => sockets.Connect()).ToList();
        NamespaceSockets.Abort(sockets.BeginConnect()); // before its SYN is sent again
        Pass(50); // a look at the accept queue, long before the next reading
        var servers = clients.ConvertAll(_ => sockets.Accept());
        Assert.Equal(17, servers.Count);
        Pass(1_000);
        clients.ForEach(NamespaceSockets.Abort);
        sockets.Pair().Client.Dispose();
        using var diag = network.Inside(() => new SocketDiag([sockets.EndPoint]));
        await Eventually.IsAsync(0, () => diag.Read(new UnseenNotes())!.Client(TcpState.Established));
        observer.Tell(StormEnded.Instance);

        var observed = Ended(parent);
        Assert.Empty(observed.Unseen);
        var ledger = observed.Ledger!;
        Assert.True(ledger.SeesServer);
        Assert.Equal("16", ledger.Settings["net.core.somaxconn"]);
        Assert.Equal((new WatchedLevel(0, 17, 0), 16), (ledger.Target!.AcceptQueue, ledger.Target.AcceptQueueLimit));
        Assert.Equal((0, 17, 0), (ledger.Target.Client["ESTAB"].Before, ledger.Target.Client["ESTAB"].Peak, ledger.Target.Client["ESTAB"].After));
        Assert.Equal(
            (19, 18, 1, 18, 17),
            (ledger.Counters["ActiveOpens"].Delta, ledger.Counters["PassiveOpens"].Delta, ledger.Counters["ListenOverflows"].Delta,
                ledger.Counters["TCPAbortOnData"].Delta, ledger.Counters["OutRsts"].Delta));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _files.Dispose();
    }

    private KernelSources Healthy()
    {
        _files.Healthy();
        return Open([new IPEndPoint(IPAddress.Loopback, 1)]);
    }

    private KernelSources Open(IPEndPoint[] endpoints) => new(_files.Paths, endpoints, new SchedulerTime(Scheduler));

    private (TestProbe Parent, IActorRef Observer) Start(Func<KernelSources> open)
    {
        var parent = CreateTestProbe("parent");
        var props = KernelObserver.Props(open, _baseline, _interval, new SchedulerTime(Scheduler)).WithDispatcher(CallingThreadDispatcher.Id);
        return (parent, parent.ChildActorOf(props));
    }

    private void Pass(int milliseconds) => Scheduler.Pass(TimeSpan.FromMilliseconds(milliseconds));

    private static KernelObserved Ended(TestProbe parent)
    {
        var observed = parent.ExpectMsg<KernelObserved>();
        parent.Watch(parent.LastSender);
        parent.ExpectTerminated(parent.LastSender);
        return observed;
    }

    private sealed class SchedulerTime(VirtualScheduler scheduler) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => scheduler.Elapsed.Ticks;
    }
}
