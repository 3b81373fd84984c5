using ActorLoad.Observers.Kernel;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

public sealed class NetCountersSpecs
{
    private readonly NetCounters _counters = new();

    [Fact]
    public void A_pair_of_lines_gives_each_number_its_name()
    {
        Assert.True(_counters.Take("Ip: Forwarding InReceives\nIp: 2 9\nTcp: ActiveOpens MaxConn OutRsts\nTcp: 12 -1 3\n", "Tcp"));
        Assert.Equal([("ActiveOpens", 12L), ("MaxConn", -1), ("OutRsts", 3)], _counters.Values.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Protocol_is_not_taken_for_another_whose_name_starts_with_it()
    {
        Assert.False(_counters.Take("TcpExt: TW\nTcpExt: 5\n", "Tcp"));
        Assert.True(_counters.Take("TcpExt: TW\nTcpExt: 5\n", "TcpExt"));
    }

    [Fact]
    public void Counter_that_an_old_kernel_lacks_is_absent_and_not_zero()
    {
        _counters.Take("TcpExt: TW\nTcpExt: 5\n", "TcpExt");
        Assert.Null(_counters["TCPReqQFullDrop"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\u0001\u00ff")]
    [InlineData("Tcp:")]
    [InlineData("Tcp: ActiveOpens OutRsts")]
    [InlineData("Tcp: ActiveOpens\nTcp: lots\n")]
    [InlineData("Tcp: ActiveOpens\nTcp: 99999999999999999999999\n")]
    [InlineData("Tcp: 1 2 3\nTcp:\n")]
    public void Garbage_has_no_counters(string garbage)
    {
        Assert.False(_counters.Take(garbage, "Tcp"));
        Assert.Empty(_counters.Values);
    }

    [Fact]
    public void Invalid_number_loses_only_its_own_counter()
    {
        Assert.True(_counters.Take("Tcp: ActiveOpens AttemptFails OutRsts\nTcp: 12 ? 3\n", "Tcp"));
        Assert.Equal(["ActiveOpens", "OutRsts"], _counters.Values.Keys);
    }

    [Fact]
    public void Truncated_line_yields_the_values_it_has()
    {
        Assert.True(_counters.Take("Tcp: ActiveOpens AttemptFails OutRsts\nTcp: 12 4", "Tcp"));
        Assert.Equal(["ActiveOpens", "AttemptFails"], _counters.Values.Keys);
    }

    [Theory]
    [InlineData(5, 5, 0)]
    [InlineData(5, 12, 7)]
    [InlineData(4_294_967_290, 4, 10)]
    [InlineData(3_000_000_000, 10, 1_294_967_306)]
    public void Growth_of_a_counter_allows_for_a_32_bit_wrap(long earlier, long later, long growth)
    {
        Assert.Equal(growth, NetCounters.Growth(earlier, later));
    }

    [Theory]
    [InlineData(500, 3)]
    [InlineData(2_000_000_000, 0)]
    [InlineData(5_000_000_000, 4_000_000_000)]
    public void Unexplained_decrease_of_a_counter_has_no_growth(long earlier, long later)
    {
        Assert.Null(NetCounters.Growth(earlier, later));
    }

    [Fact]
    public void Levels_of_sockets_cover_both_address_families()
    {
        var levels = new Dictionary<string, long>();
        Assert.True(SockStat.Take("sockets: used 2016\nTCP: inuse 5 orphan 1 tw 9 alloc 7 mem 251\nUDP: inuse 3 mem 4\n", levels));
        Assert.True(SockStat.Take("TCP6: inuse 2\nUDP6: inuse 8\n", levels));
        Assert.Equal(new() { ["inuse"] = 5, ["orphan"] = 1, ["tw"] = 9, ["alloc"] = 7, ["mem"] = 251, ["inuse6"] = 2 }, levels);
    }

    [Theory]
    [InlineData("")]
    [InlineData("TCP:\n")]
    [InlineData("TCP: inuse\n")]
    [InlineData("TCP: inuse many orphan\n")]
    [InlineData("UDP: inuse 3 mem 4\n")]
    public void Garbage_has_no_levels(string garbage)
    {
        var levels = new Dictionary<string, long>();
        Assert.False(SockStat.Take(garbage, levels));
        Assert.Empty(levels);
    }

    [Fact]
    public void Conntrack_drops_are_added_up_over_the_processors()
    {
        const string file = """
            entries  insert_failed drop early_drop
            0000000a  00000001 000000ff 00000002
            0000000a  00000000 00000001 00000000

            """;
        Assert.True(ConntrackCounters.Take(file.ReplaceLineEndings("\n"), _counters));
        Assert.Equal(new() { ["ConntrackDrop"] = 256, ["ConntrackEarlyDrop"] = 2, ["ConntrackInsertFailed"] = 1 }, _counters.Values.ToDictionary());
    }

    [Theory]
    [InlineData("")]
    [InlineData("entries drop\n")]
    [InlineData("entries drop\n00000001\n")]
    [InlineData("entries drop\n00000001 zz\n")]
    [InlineData("entries found\n00000001 00000001\n")]
    public void Garbage_has_no_conntrack_drops(string garbage)
    {
        Assert.False(ConntrackCounters.Take(garbage, _counters));
    }
}
