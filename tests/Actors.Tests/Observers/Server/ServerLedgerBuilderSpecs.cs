using ActorLoad.Observers;
using ActorLoad.Observers.Server;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Server;

public class ServerLedgerBuilderSpecs
{
    private static readonly ServerReading Redis = ServerReadingSpecs.Of(InfoTexts.Redis) with { Clock = null };
    private static readonly ServerReading Dragonfly = ServerReadingSpecs.Of(InfoTexts.Dragonfly);

    private readonly ServerLedgerBuilder _builder = new("127.0.0.1:6379", othersConnections: 0);

    private ServerLedger Ledger => _builder.Ledger(null, null, null)!;

    [Fact]
    public void Only_growth_since_the_last_reading_before_the_storm_counts()
    {
        _builder.Read(Redis with { Received = 100, Rejected = 5, Commands = 300, Errors = 1, Evicted = 1 }, 0);
        _builder.Read(Redis with { Received = 110, Rejected = 6, Commands = 330, Errors = 2, Evicted = 2 }, 1);
        _builder.Begin(1.5);
        _builder.Read(Redis with { Received = 150, Rejected = 9, Commands = 400, Errors = 4, Evicted = 5 }, 2);
        _builder.Read(Redis with { Received = 170, Rejected = 9, Commands = 500, Errors = 5, Evicted = 5 }, 3.25);

        Assert.Equal((60, 3, 170, 3, 3), Counts(Ledger));
        Assert.Equal(2.25, Ledger.Seconds);
        Assert.Empty(_builder.Unseen);
    }

    [Fact]
    public void Course_has_the_clients_and_the_main_thread_of_each_answer()
    {
        _builder.Read(Redis with { Connected = 3, MainThreadCpu = 10 }, 0);
        _builder.Begin(1);
        _builder.Read(Redis with { Connected = 801, MainThreadCpu = 11.2 }, 3);
        _builder.Read(Redis with { Connected = 1, MainThreadCpu = null }, 4);

        Assert.Equal(
            [new ServerMoment(2) { Clients = 800, MainThreadShare = 0.4 }, new ServerMoment(3) { Clients = 0 }], Ledger.Course);
    }

    [Fact]
    public void First_answer_after_the_start_tells_how_many_connections_may_be_missing()
    {
        _builder.Begin(1);
        _builder.Read(Redis with { Received = 1_900 }, 3.1);
        _builder.Read(Redis with { Received = 5_100 }, 4.1);

        Assert.Equal((2.1, 1_900, 3_200), (Ledger.FirstAnswerAt, Ledger.ReceivedBefore, Ledger.ConnectionsReceived));
        Assert.Equal((null, null), Begun(0));
    }

    [Fact]
    public void Longest_wait_and_gap_of_a_run_are_kept()
    {
        _builder.Read(Redis, 0, asked: -5);
        _builder.Begin(1);
        _builder.Read(Redis, 2, asked: 1.9);
        _builder.Read(Redis, 4.5, asked: 3);
        _builder.Read(Redis, 5, asked: 4.9);

        Assert.Equal(new ObserverWait(2, 1.5), Ledger.LongestWait);
        Assert.Equal(2.5, Ledger.LongestGap);
    }

    [Theory]
    [InlineData("a", "a", 3, true)] // as young as the run
    [InlineData("a", "b", 2, false)]
    [InlineData(null, null, 3, false)]
    [InlineData(null, null, 90, true)]
    public void Server_ran_throughout_if_the_same_process_answers_before_and_after(string? first, string? last, long uptime, bool ranThroughout)
    {
        _builder.Read(Redis with { RunId = first, ProcessId = null, UptimeSeconds = uptime - 3 }, 0);
        _builder.Begin(0.1);
        _builder.Read(Redis with { RunId = last, ProcessId = null, UptimeSeconds = uptime }, 3);
        Assert.Equal(ranThroughout, Ledger.RanThroughout);

        _builder.Lost(4, "refused the connection", LossKind.NoConnection);
        Assert.False(Ledger.RanThroughout);
    }

    [Fact]
    public void Server_without_its_own_answer_after_the_begin_may_not_have_run_throughout()
    {
        _builder.Read(Redis with { RunId = "a", UptimeSeconds = 1 }, 0);
        _builder.Begin(0.1);
        Assert.False(Ledger.RanThroughout);

        _builder.Read(Redis with { RunId = "b", UptimeSeconds = 900 }, 3); // it answers in the place of the first
        Assert.False(Ledger.RanThroughout);
    }

    [Fact]
    public void Second_server_behind_the_address_is_not_a_restart()
    {
        _builder.Read(Redis with { RunId = "a", UptimeSeconds = 5_000, Received = 100 }, 0);
        _builder.Begin(1);
        _builder.Read(Redis with { RunId = "b", UptimeSeconds = 90, Received = 7 }, 2);
        _builder.Read(Redis with { RunId = "a", UptimeSeconds = 5_003, Received = 130 }, 3);

        Assert.True(_builder.AreSeveral);
        Assert.Empty(Ledger.Restarts);
        Assert.Equal(30, Ledger.ConnectionsReceived);
    }

    private static (double?, long?) Begun(double at)
    {
        var books = new ServerLedgerBuilder("host", othersConnections: 0);
        books.Read(Redis with { Received = 1 }, at);
        books.Begin(at + 1);
        return (books.Ledger(null, null, null)!.FirstAnswerAt, books.Ledger(null, null, null)!.ReceivedBefore);
    }

    [Fact]
    public void A_server_that_never_answered_has_no_ledger()
    {
        _builder.Lost(0, "refused the connection");
        _builder.Begin(1);
        Assert.Null(_builder.Ledger(null, null, null));
    }

    [Fact]
    public void Levels_before_at_peak_and_after_leave_out_the_observers()
    {
        var books = new ServerLedgerBuilder("host", othersConnections: 4);
        books.Read(Redis with { Connected = 30, Memory = 900 }, 0);
        books.Read(Redis with { Connected = 7, Memory = 1000 }, 1);
        books.Begin(1);
        books.Read(Redis with { Connected = 1005, Memory = 3000 }, 2);
        books.Read(Redis with { Connected = 6, Memory = 2000 }, 3);
        var ledger = books.Ledger(null, null, null)!;
        Assert.Equal(new WatchedLevel(2, 1000, 1), ledger.ConnectedClients);
        Assert.Equal(new WatchedLevel(1000, 3000, 2000), ledger.UsedMemory);
    }

    [Fact]
    public void The_main_thread_is_measured_by_the_servers_own_clock()
    {
        _builder.Read(Redis with { MainThreadCpu = 10, Clock = 500 }, 0);
        _builder.Begin(0);
        _builder.Read(Redis with { MainThreadCpu = 10.2, Clock = 501 }, 1);
        _builder.Read(Redis with { MainThreadCpu = 11.1, Clock = 502 }, 1.1); // its reply was late before, and this one was not
        _builder.Read(Redis with { MainThreadCpu = 11.15, Clock = 502.1 }, 1.2); // too short to tell
        Assert.Equal((1.15, 0.9), (Ledger.MainThreadCpuSeconds, Ledger.PeakMainThreadShare));
    }

    [Fact]
    public void Run_shorter_than_an_interval_has_its_own_main_thread_share()
    {
        _builder.Read(Redis with { MainThreadCpu = 10, Clock = 500 }, 0);
        _builder.Begin(0);
        _builder.Read(Redis with { MainThreadCpu = 10.08, Clock = 500.1 }, 0.1);
        Assert.Equal(0.8, Ledger.PeakMainThreadShare);
    }

    [Fact]
    public void Error_answer_ends_a_silence_and_is_a_loss_of_its_own()
    {
        _builder.Read(Redis, 10);
        _builder.Begin(10);
        _builder.Lost(11, "did not answer");
        _builder.Refused(16, "refused INFO (BUSY)");
        _builder.Lost(17, "turned the observer away (BUSY)");
        _builder.Read(Redis, 18);

        Assert.Equal(
            [new ObserverLoss(1, 5, "did not answer"), new ObserverLoss(6, 2, "refused INFO (BUSY)") { IsRefusal = true }], Ledger.Losses);
    }

    [Fact]
    public void New_run_id_is_a_restart_and_keeps_the_earlier_counts()
    {
        _builder.Read(Redis with { Received = 100, Rejected = 5, MainThreadCpu = 1 }, 10);
        _builder.Begin(10);
        _builder.Read(Redis with { Received = 140, Rejected = 7, MainThreadCpu = 1.5 }, 11);
        _builder.Lost(11.5, "closed the connection");
        _builder.Opened(13.9, isRejected: false);
        _builder.Read(Redis with { RunId = "another", UptimeSeconds = 1, Received = 31, Rejected = 2, MainThreadCpu = 0.25 }, 14);
        _builder.Read(Redis with { RunId = "another", UptimeSeconds = 2, Received = 41, Rejected = 2, MainThreadCpu = 0.5 }, 15);

        Assert.Equal((80, 4), (Ledger.ConnectionsReceived, Ledger.ConnectionsRejected)); // one of the new ones is the observer's
        Assert.Equal(1.0, Ledger.MainThreadCpuSeconds);
        Assert.Equal([3.0], Ledger.Restarts);
        Assert.Empty(Ledger.Resets);
        Assert.Equal([new ObserverLoss(1.5, 2.5, "closed the connection")], Ledger.Losses);
        Assert.Contains("restarted 3 s into the run: what it counted after 1 s, before that, is lost", Assert.Single(_builder.Unseen), StringComparison.Ordinal);
    }

    [Fact]
    public void Restart_before_the_storm_is_not_counted()
    {
        _builder.Read(Redis with { Received = 100 }, 0);
        _builder.Read(Redis with { RunId = "another", UptimeSeconds = 0, Received = 2 }, 1);
        _builder.Begin(1);
        _builder.Read(Redis with { RunId = "another", UptimeSeconds = 1, Received = 12 }, 2);
        Assert.Equal(10, Ledger.ConnectionsReceived);
        Assert.Empty(Ledger.Restarts);
        Assert.Empty(_builder.Unseen);
    }

    [Theory]
    [InlineData(5, 7L)] // it has been up for less
    [InlineData(33, 7L)] // it has been up for longer than before the loss, but not for as long as it was lost
    [InlineData(60, 8L)] // its process has another number
    public void Uptime_and_process_reveal_a_restart_without_a_run_id(double uptime, long process)
    {
        _builder.Read(Dragonfly with { ProcessId = 7, UptimeSeconds = 30, Received = 50, Clock = null }, 0);
        _builder.Begin(0);
        _builder.Read(Dragonfly with { ProcessId = process, UptimeSeconds = uptime, Received = 60, Clock = null }, 40);
        Assert.Equal(60, Ledger.ConnectionsReceived);
        Assert.Single(Ledger.Restarts);
    }

    [Fact]
    public void Late_reply_is_not_taken_for_a_restart()
    {
        _builder.Read(Dragonfly with { UptimeSeconds = 30, Received = 50 }, 0);
        _builder.Begin(0);
        _builder.Read(Dragonfly with { UptimeSeconds = 32, Received = 60 }, 4);
        Assert.Equal(10, Ledger.ConnectionsReceived);
        Assert.Empty(Ledger.Restarts);
    }

    [Fact]
    public void Counters_that_go_back_in_the_same_process_were_reset()
    {
        _builder.Read(Redis with { Received = 100, Commands = 300, Rejected = 9, MainThreadCpu = 1 }, 0);
        _builder.Begin(0);
        _builder.Read(Redis with { Received = 120, Commands = 340, Rejected = 9, MainThreadCpu = 2 }, 1);
        _builder.Read(Redis with { Received = 8, Commands = 350, Rejected = 0, MainThreadCpu = 3 }, 2); // all of them, also the one that has grown past
        Assert.Equal((28, 390, 0), (Ledger.ConnectionsReceived, Ledger.CommandsProcessed, Ledger.ConnectionsRejected));
        Assert.Equal(2.0, Ledger.MainThreadCpuSeconds);
        Assert.Empty(Ledger.Restarts);
        Assert.Equal([2.0], Ledger.Resets);
        Assert.Contains("CONFIG RESETSTAT", Assert.Single(_builder.Unseen), StringComparison.Ordinal);
    }

    [Fact]
    public void Unidentified_server_whose_counts_go_back_has_restarted()
    {
        var nobody = Redis with { RunId = null, ProcessId = null, UptimeSeconds = null };
        _builder.Read(nobody with { Received = 100 }, 0);
        _builder.Begin(0);
        _builder.Read(nobody with { Received = 3 }, 1);
        Assert.Equal(3, Ledger.ConnectionsReceived);
        Assert.Equal([1.0], Ledger.Restarts);
    }

    [Fact]
    public void Garnets_commands_may_drop_during_a_sample_without_a_reset()
    {
        var garnet = ServerReadingSpecs.Of(InfoTexts.GarnetSampled);
        _builder.Read(garnet with { Received = 10, Commands = 100 }, 0);
        _builder.Begin(0);
        _builder.Read(garnet with { Received = 20, Commands = 0 }, 1);
        _builder.Read(garnet with { Received = 20, Commands = 130 }, 1.1);
        Assert.Equal(10, Ledger.ConnectionsReceived);
        Assert.Empty(Ledger.Resets);
    }

    [Fact]
    public void Observers_own_connections_are_subtracted_where_the_server_counts_them()
    {
        _builder.Opened(0, isRejected: false);
        _builder.Read(Redis with { Received = 100, Rejected = 0 }, 0); // it is one of the hundred
        _builder.Begin(0);
        _builder.Opened(1, isRejected: true);
        _builder.Opened(2, isRejected: false);
        _builder.Read(Redis with { Received = 141, Rejected = 6 }, 2);
        Assert.Equal((40, 5), (Ledger.ConnectionsReceived, Ledger.ConnectionsRejected));
        Assert.Equal(38, Ledger.WithoutConnections(2).ConnectionsReceived);
    }

    [Fact]
    public void Server_first_seen_during_the_storm_is_reported_as_such()
    {
        _builder.Lost(0.5, "refused the connection");
        _builder.Begin(1);
        _builder.Opened(4, isRejected: false);
        _builder.Read(Redis with { Received = 50 }, 4);
        _builder.Read(Redis with { Received = 70 }, 5);
        Assert.Equal(20, Ledger.ConnectionsReceived);
        Assert.Equal([new ObserverLoss(0, 3, "refused the connection")], Ledger.Losses);
        Assert.Contains("for the first time 3 s into the run", Assert.Single(_builder.Unseen), StringComparison.Ordinal);
    }

    [Fact]
    public void Lasting_loss_has_no_length_and_keeps_its_first_reason()
    {
        _builder.Read(Redis, 0);
        _builder.Begin(0);
        _builder.Lost(2, "closed the connection");
        _builder.Lost(3, "refused the connection");
        Assert.Equal([new ObserverLoss(2, null, "closed the connection")], Ledger.Losses);
    }

    [Fact]
    public void Value_that_a_server_does_not_tell_is_null()
    {
        var silent = Redis with { Received = null, Rejected = null, Commands = null, Errors = null, Evicted = null, Connected = null, Memory = null, MaxClients = null, MainThreadCpu = null };
        _builder.Read(silent, 0);
        _builder.Begin(0);
        _builder.Read(silent, 1);
        Assert.Equal((null, null, null, null, null), Counts(Ledger));
        Assert.Equal((null, null, null, null), (Ledger.ConnectedClients, Ledger.UsedMemory, Ledger.MainThreadCpuSeconds, Ledger.MaxClients));
        Assert.Equal(77, _builder.Ledger(77, null, null)!.MaxClients); // by CONFIG GET
    }

    /// <summary>However readings, resets and restarts come, the ledger has what was counted up to each last reading.</summary>
    [Property]
    public Property Everything_that_was_read_is_counted_once()
    {
        var step = Gen.Choose(0, 1000).SelectMany(growth => Gen.Frequency(
            (6, Gen.Constant((growth, Kind: 0))), (1, Gen.Constant((growth, Kind: 1))), (1, Gen.Constant((growth, Kind: 2)))));
        return Prop.ForAll(step.ListOf().ToArbitrary(), steps =>
        {
            var books = new ServerLedgerBuilder("host", 0);
            var (counter, expected, id, started, at) = (10L, 0L, 0, 0.0, 100.0);
            books.Read(Reading(), at);
            books.Begin(at);
            foreach (var (growth, kind) in steps)
            {
                at += 10;
                if (kind == 1 && growth < counter)
                {
                    counter = 0; // RESETSTAT; one after which the counter has overtaken itself cannot be seen
                }
                else if (kind == 2)
                {
                    (counter, id, started) = (0, id + 1, at - 1);
                }

                counter += growth;
                expected += growth;
                books.Read(Reading(), at);
            }

            Assert.Equal(expected, books.Ledger(null, null, null)!.ConnectionsReceived);

            ServerReading Reading() => Redis with { RunId = $"{id}", UptimeSeconds = at - started, Received = counter };
        });
    }

    private static (long?, long?, long?, long?, long?) Counts(ServerLedger ledger) =>
        (ledger.ConnectionsReceived, ledger.ConnectionsRejected, ledger.CommandsProcessed, ledger.ErrorReplies, ledger.EvictedClients);
}
