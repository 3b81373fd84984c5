using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Monitoring;
using ActorLoad.Observers.Kernel;
using Xunit;

namespace ActorLoad.Actors.Tests.Monitoring;

public sealed class MonitorRecorderSpecs
{
    private const int PageSize = 4096;

    private static readonly DateTimeOffset _midnight = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ManualTime _time = new();
    private readonly UnseenNotes _unseen = new();
    private readonly MonitorRecorder _book;
    private readonly long _start;

    public MonitorRecorderSpecs() => (_book, _start) = (Book("100 200 300"), _time.GetTimestamp());

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(1, 7, 7)]
    [InlineData(2, 7, 3.5)]
    [InlineData(0.5, 1000, 2000)]
    [InlineData(3, 1, 0.3)]
    public void Rate_is_the_growth_divided_by_the_elapsed_seconds(double seconds, long growth, double rate)
    {
        Add(0, counter: 500);
        var line = Add(seconds, counter: 500 + growth);
        Assert.Equal(Enumerable.Repeat<double?>(rate, PerCounter.Names.Count), line.Rates.ToList());
        Assert.Equal((seconds, _midnight.AddSeconds(seconds)), (line.Seconds, line.At));
        Assert.Equal(growth, _book.Summary().Totals.Overflows);
    }

    [Fact]
    public void First_reading_has_no_rates_and_is_not_a_line()
    {
        var first = Add(0, counter: 500);
        Assert.All(first.Rates.ToList(), Assert.Null);
        Assert.Equal((0, null, null), (_book.Summary().Lines, _book.Summary().Totals.Opens, _book.Summary().Peaks.Rates.Opens));
        Add(1, counter: 500);
        Assert.Equal((1, 0L), (_book.Summary().Lines, _book.Summary().Totals.Opens));
    }

    [Fact]
    public void Counter_missing_for_a_while_has_no_rate_until_its_second_reading()
    {
        double?[] expected = [null, 10, null, null, 5];
        long?[] values = [100, 110, null, 500, 505];
        Assert.Equal(expected, values.Select((value, second) => Add(second, counter: value).Rates.Retransmits));
        Assert.Equal(15, _book.Summary().Totals.Retransmits);
    }

    [Fact]
    public void Counter_that_goes_back_has_no_rate_and_reports_the_gap()
    {
        Add(0, counter: 100);
        Assert.Null(Add(1, counter: 20).Rates.Drops);
        Assert.Equal(5, Add(2, counter: 25).Rates.Drops);
        Assert.Equal(5, _book.Summary().Totals.Drops);
        Assert.Contains(
            "The kernel's ListenDrops went back from 100 to 20: what it counted between these two readings is not known.",
            _unseen.Sentences);
    }

    [Fact]
    public void Similar_states_are_added_together_on_each_side()
    {
        var counts = new SocketCounts();
        foreach (var state in TcpStates.OfConnections)
        {
            Repeat((int)state, () => counts.AddClient((int)state));
            Repeat(100 + (int)state, () => counts.AddServer((int)state));
        }

        var line = Add(0, sockets: counts);
        Assert.Equal(new PerState<int>(2, 3, 1, FinWait: 4 + 5, CloseWait: 8, TimeWait: 6, Other: 9 + 11), line.Client);
        Assert.Equal(new PerState<int>(102, 103, 101, 104 + 105, 108, 106, 109 + 111), line.Server);
    }

    [Fact]
    public void Peak_is_the_highest_value_and_the_time_it_was_first_seen()
    {
        foreach (var (estab, second) in new[] { 3, 9, 9, 4 }.Select((estab, second) => (estab, second)))
        {
            Add(second, sockets: Sockets(estab));
        }

        Assert.Equal(new Peak(9, _midnight.AddSeconds(1)), _book.Summary().Peaks.Client.Estab);
        Assert.Equal(new Peak(0, _midnight), _book.Summary().Peaks.Client.SynSent);
    }

    [Fact]
    public void Peak_of_a_rate_comes_from_a_whole_interval()
    {
        Add(0, counter: 0);
        Add(1, counter: 10);
        Add(2, counter: 60);
        _book.End(Reading(2.01, 70, null), At(2.01));
        Assert.Equal(new Peak(50, _midnight.AddSeconds(2)), _book.Summary().Peaks.Rates.Overflows);
        Assert.Equal((70L, 2.01, 2), (_book.Summary().Totals.Overflows, _book.Summary().Seconds, _book.Summary().Lines));
    }

    [Fact]
    public void Last_reading_counts_for_the_peaks()
    {
        Add(0, sockets: Sockets(1));
        _book.End(Reading(0.5, 0, Sockets(8)), At(0.5));
        Assert.Equal(new Peak(8, At(0.5)), _book.Summary().Peaks.Client.Estab);
    }

    [Fact]
    public void An_accept_queue_that_fills_and_empties_between_two_lines_is_seen()
    {
        Add(0, sockets: Sockets(0, queue: 1));
        _book.AddListeners(Sockets(0, queue: 40), At(0.2));
        _book.AddListeners(Sockets(0, queue: 7), At(0.4));
        Assert.Equal(new AcceptQueue(2, 40, 511), Add(1, sockets: Sockets(0, queue: 2)).AcceptQueue);
        Assert.Equal(new AcceptQueue(0, 0, 511), Add(2, sockets: Sockets(0, queue: 0)).AcceptQueue);
        Assert.Equal((new Peak(40, At(0.2)), 511L), (_book.Summary().Peaks.AcceptQueue, _book.Summary().AcceptQueueLimit));
    }

    [Fact]
    public void Missing_listener_has_no_accept_queue_and_is_reported()
    {
        Assert.Null(Add(0, sockets: new SocketCounts()).AcceptQueue);
        Assert.Equal(
            [
                "For a time nothing listened on port 6379 in this network namespace. "
                + "An accept queue is visible only beside its server.",
            ],
            _unseen.Sentences);
        Assert.Null(_book.Summary().Peaks.AcceptQueue);
    }

    [Fact]
    public void Uncounted_sockets_give_no_states_and_no_queue()
    {
        Add(0, sockets: Sockets(5));
        var line = Add(1);
        Assert.Equal((null, null, null), (line.Client, line.Server, line.AcceptQueue));
        Assert.Equal(5, _book.Summary().Peaks.Client.Estab?.Value);
        Assert.Empty(_unseen.Sentences); // who read it has said why
    }

    [Fact]
    public void Memory_is_in_bytes_and_its_limit_is_the_last_value_of_tcp_mem()
    {
        Assert.Equal(new TcpMemory(10 * PageSize, 300 * PageSize), Add(0, sockets: Sockets(0)).Memory);
        Assert.Equal(10 * PageSize, _book.Summary().Peaks.MemoryBytes?.Value);
        Assert.Equal(300L * PageSize, _book.Summary().MemoryLimitBytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("many")]
    public void Limit_hidden_by_a_namespace_is_reported_as_unseen(string? tcpMem)
    {
        var line = Book(tcpMem).Add(Reading(0, 0, Sockets(0)), _midnight);
        Assert.Equal(new TcpMemory(10 * PageSize, null), line.Memory);
        Assert.Equal(
            ["The limit of TCP's memory was not seen: net.ipv4.tcp_mem is not shown in this network namespace."], _unseen.Sentences);
    }

    [Fact]
    public void Sockstat_without_memory_is_reported()
    {
        var levels = new Dictionary<string, long> { ["inuse"] = 1 };
        var line = _book.Add(new KernelReading(_start, new NetCounters(), levels, Sockets(0)), _midnight);
        Assert.Null(line.Memory);
        Assert.Equal(["The memory of TCP was not seen: sockstat does not show it."], _unseen.Sentences);
        Assert.Equal(_unseen.Sentences, _book.Summary().Unseen);
    }

    [Fact]
    public void Recorder_is_blind_until_its_first_values()
    {
        _book.Add(new KernelReading(_start, new NetCounters(), new Dictionary<string, long>(), null), _midnight);
        Assert.True(_book.IsBlind);
        Add(1, sockets: Sockets(0));
        Assert.False(_book.IsBlind);
    }

    [Fact]
    public void Line_and_summary_survive_being_written_as_JSON()
    {
        Add(0, counter: 0, sockets: Sockets(3, queue: 1));
        var line = Add(1, counter: 5, sockets: Sockets(4, queue: 0));
        Assert.StartsWith("{\"kind\":\"interval\",\"port\":6379,", MonitorJson.Serialize(line), StringComparison.Ordinal);
        Assert.Equal(line, MonitorJson.Parse(MonitorJson.Serialize(line)));
        var empty = Add(2);
        Assert.Contains("\"client\":null,\"server\":null,\"acceptQueue\":null", MonitorJson.Serialize(empty), StringComparison.Ordinal);
        Assert.Equal(empty, MonitorJson.Parse(MonitorJson.Serialize(empty)));
        var summary = Assert.IsType<MonitorSummary>(MonitorJson.Parse(MonitorJson.Serialize(_book.Summary())));
        Assert.Equal(_book.Summary().Peaks, summary.Peaks);
        Assert.StartsWith("{\"kind\":\"summary\",", MonitorJson.Serialize(summary), StringComparison.Ordinal);
    }

    private static SocketCounts Sockets(int estab, long queue = 0)
    {
        var counts = new SocketCounts();
        Repeat(estab, () => counts.AddClient((int)TcpState.Established));
        counts.AddListener(queue, 511);
        return counts;
    }

    private static void Repeat(int times, Action action)
    {
        for (var time = 0; time < times; time++)
        {
            action();
        }
    }

    private static DateTimeOffset At(double seconds) => _midnight.AddSeconds(seconds);

    private MonitorRecorder Book(string? tcpMem) => new(
        6379, new[] { tcpMem }.OfType<string>().ToDictionary(_ => "net.ipv4.tcp_mem"), PageSize, _time, _unseen);

    private MonitorLine Add(double seconds, long? counter = 0, SocketCounts? sockets = null) =>
        _book.Add(Reading(seconds, counter, sockets), At(seconds));

    private KernelReading Reading(double seconds, long? counter, SocketCounts? sockets)
    {
        var counters = new NetCounters();
        foreach (var name in PerCounter.Names)
        {
            if (counter is { } value)
            {
                counters.Take(name, value);
            }
        }

        return new KernelReading(
            _start + (long)(seconds * _time.TimestampFrequency), counters, new Dictionary<string, long> { ["mem"] = 10 }, sockets);
    }
}
