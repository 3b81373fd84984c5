using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

public sealed class KernelLedgerBuilderSpecs
{
    private static readonly Dictionary<string, string> _settings = new() { ["nofile"] = "1024" };

    private readonly ManualTime _time = new();
    private readonly UnseenNotes _unseen = new();
    private readonly KernelLedgerBuilder _book;

    public KernelLedgerBuilderSpecs() => _book = new KernelLedgerBuilder(_time, _unseen);

    [Fact]
    public void Run_begins_at_the_reading_before_the_last_idle_one_where_the_baseline_ends()
    {
        Idle(100, 110, 120, 130);
        _book.Begin();
        Run(200, 300);
        var ledger = _book.Ledger(_settings)!;
        Assert.Equal(new KernelCount(180, 10), ledger.Counters["OutRsts"]);
        Assert.Equal((2, 3, 150), (ledger.BaselineSeconds, ledger.Seconds, ledger.Counters["OutRsts"].Net(ledger.Seconds)));
        Assert.Same(_settings, ledger.Settings);
    }

    [Fact]
    public void Storm_seen_by_the_last_idle_reading_belongs_to_the_storm()
    {
        Idle(0, 0, 50);
        _book.Begin();
        Run(100);
        Assert.Equal(new KernelCount(100, 0), _book.Ledger(_settings)!.Counters["OutRsts"]);
    }

    [Fact]
    public void A_run_that_begins_at_once_has_no_baseline()
    {
        Idle(100);
        _book.Begin();
        Run(140);
        var ledger = _book.Ledger(_settings)!;
        Assert.Equal((0, new KernelCount(40, 0)), (ledger.BaselineSeconds, ledger.Counters["OutRsts"]));
    }

    [Fact]
    public void A_counter_may_wrap_more_than_once_in_a_run()
    {
        Idle(4_294_967_000, 4_294_967_000);
        _book.Begin();
        Run(704, 2_000_000_000, 4_000_000_000, 1_032_704);
        Assert.Equal(1_000L + 1_999_999_296 + 2_000_000_000 + 296_000_000, _book.Ledger(_settings)!.Counters["OutRsts"].Delta);
        Assert.Empty(_unseen.Sentences);
    }

    [Fact]
    public void Counter_that_goes_back_keeps_its_counts_and_reports_the_gap()
    {
        Idle(100, 100);
        _book.Begin();
        Run(150, 7, 27);
        Assert.Equal(70, _book.Ledger(_settings)!.Counters["OutRsts"].Delta);
        Assert.Equal(
            ["The kernel's OutRsts went back from 150 to 7: what it counted between these two readings is not known."], _unseen.Sentences);
    }

    [Fact]
    public void Failed_reading_during_a_run_loses_no_counts()
    {
        Idle(0, 0);
        _book.Begin();
        Run(50, null, 90);
        Assert.Equal(90, _book.Ledger(_settings)!.Counters["OutRsts"].Delta);
    }

    [Fact]
    public void Failed_last_readings_keep_the_earlier_counts()
    {
        Idle(0, 0);
        _book.Begin();
        Run(50, null, null);
        Assert.Equal(50, _book.Ledger(_settings)!.Counters["OutRsts"].Delta);
    }

    [Fact]
    public void A_counter_that_the_kernel_lacks_is_absent()
    {
        Idle(0, 0);
        _book.Begin();
        Assert.Equal(["OutRsts"], _book.Ledger(_settings)!.Counters.Keys);
    }

    [Fact]
    public void Levels_are_followed_from_the_start_of_the_run_to_its_end()
    {
        Add(Reading(tw: 99));
        Add(Reading(tw: 3));
        Add(Reading(tw: 3));
        _book.Begin();
        _book.Add(Reading(tw: 50));
        _book.Add(Reading(tw: 20));
        Assert.Equal(new WatchedLevel(3, 50, 20), _book.Ledger(_settings)!.Sockets["tw"]);
    }

    [Fact]
    public void Sockets_are_listed_by_state_with_zero_for_the_important_states()
    {
        Add(Reading(sockets: Sockets()));
        Add(Reading(sockets: Sockets()));
        _book.Begin();
        _book.Add(Reading(sockets: Sockets((TcpState.SynSent, 7), (TcpState.Established, 90))));
        _book.Add(Reading(sockets: Sockets((TcpState.Established, 2))));
        var target = _book.Ledger(_settings)!.Target!;
        Assert.Equal(
            new Dictionary<string, WatchedLevel> { ["ESTAB"] = new(0, 90, 2), ["SYN-SENT"] = new(0, 7, 0), ["TIME-WAIT"] = new(0, 0, 0) },
            target.Client);
        Assert.Empty(target.Server);
        Assert.Null(target.AcceptQueue);
        Assert.False(_book.Ledger(_settings)!.SeesServer);
    }

    [Fact]
    public void A_peak_of_the_accept_queue_between_two_readings_is_kept()
    {
        Add(Reading(sockets: Listener(0)));
        _book.Begin();
        _book.AddListeners(Listener(129));
        _book.Add(Reading(sockets: Listener(1)));
        var ledger = _book.Ledger(_settings)!;
        Assert.Equal((new WatchedLevel(0, 129, 1), 128, true), (ledger.Target!.AcceptQueue, ledger.Target.AcceptQueueLimit, ledger.SeesServer));
        Assert.Equal(["ESTAB", "TIME-WAIT"], ledger.Target.Server.Keys);
    }

    [Fact]
    public void Course_has_the_longest_queue_since_each_reading_before()
    {
        Add(Reading(sockets: Listener(0)));
        _book.Begin();
        _book.AddListeners(Listener(129));
        _book.Add(Reading(sockets: Listener(1)));
        _book.Add(Reading(sockets: Listener(2)));
        Assert.Equal([129, 2], _book.Ledger(_settings)!.Course!.Select(moment => moment.AcceptQueue!.Value));
    }

    [Fact]
    public void Listener_that_closed_keeps_its_last_values()
    {
        Add(Reading(sockets: Listener(5)));
        _book.Begin();
        _book.Add(Reading(sockets: Sockets()));
        var target = _book.Ledger(_settings)!.Target!;
        Assert.Equal((new WatchedLevel(5, 5, 5), 128), (target.AcceptQueue, target.AcceptQueueLimit));
    }

    [Fact]
    public void Kernel_that_was_never_seen_has_no_ledger()
    {
        Assert.Null(_book.Ledger(_settings));
        Idle(null, null);
        _book.Begin();
        Run(null, null);
        Assert.Null(_book.Ledger(_settings));
    }

    [Fact]
    public void Second_begin_of_a_storm_is_ignored()
    {
        Idle(0, 10);
        _book.Begin();
        Run(50);
        _book.Begin();
        Run(60);
        Assert.Equal(60, _book.Ledger(_settings)!.Counters["OutRsts"].Delta);
    }

    private void Idle(params long?[] resets) => Array.ForEach(resets, value => Add(Reading(value)));

    private void Run(params long?[] resets) => Array.ForEach(resets, value => _book.Add(Reading(value)));

    private void Add(KernelReading reading) => _book.AddIdle(reading);

    // A second lies between readings.
    private KernelReading Reading(long? resets = null, long? tw = null, SocketCounts? sockets = null)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var counters = new NetCounters();
        if (resets is { } value)
        {
            counters.Take("OutRsts", value);
        }

        return new KernelReading(_time.GetTimestamp(), counters, tw is { } level ? new Dictionary<string, long> { ["tw"] = level } : [], sockets);
    }

    private static SocketCounts Sockets(params (TcpState State, int Count)[] client)
    {
        var counts = new SocketCounts();
        foreach (var (state, count) in client)
        {
            for (var socket = 0; socket < count; socket++)
            {
                counts.AddClient((int)state);
            }
        }

        return counts;
    }

    private static SocketCounts Listener(long queue)
    {
        var counts = new SocketCounts();
        counts.AddListener(queue, 128);
        return counts;
    }
}
