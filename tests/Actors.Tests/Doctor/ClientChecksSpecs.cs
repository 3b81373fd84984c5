using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Transport;
using Xunit;
using static ActorLoad.Actors.Tests.Doctor.Storms;

namespace ActorLoad.Actors.Tests.Doctor;

public sealed class ClientChecksSpecs
{
    [Fact]
    public void Machine_with_every_setting_gets_no_warning() =>
        Assert.All(Full(Needs, Machine, Redis), check => Assert.True(check.State == CheckState.Ok, $"{check}"));

    [Theory]
    [InlineData("8183", CheckState.Ok)]
    [InlineData("8182", CheckState.Fail)]
    [InlineData("unlimited", CheckState.Ok)]
    [InlineData(null, CheckState.Unseen)]
    public void Descriptors_must_suffice_for_connections_observers_and_ActorLoad_itself(string? limit, CheckState state)
    {
        var check = ClientChecks.Descriptors(Needs, Machine.With(("nofile", limit)));
        Assert.Equal((state, limit, "8183"), (check.State, check.Present, check.Needed));
        Remedy[] expected = state == CheckState.Fail ? [Remedies.ClientDescriptors(8182, 8183, 20_000), Remedies.MaxOpen(19_000, 7_999)] : [];
        Assert.Equal(expected, check.Remedies);
    }

    [Fact]
    public void Connections_beyond_max_open_fail_the_check()
    {
        var check = ClientChecks.MaxOpen(Needs with { Due = 20_000 });
        Assert.Equal(CheckState.Fail, check.State);
        Assert.Contains("1,000 of them would be dropped", check.Sentence, StringComparison.Ordinal);
        Assert.Equal([Remedies.MaxOpen(19_000, 20_000)], check.Remedies);
    }

    [Theory]
    [InlineData(false, 28_231, "", CheckState.Ok)]
    [InlineData(false, 28_232, "", CheckState.Fail)]
    [InlineData(false, 28_231, "40000-40001", CheckState.Fail)]
    [InlineData(true, 14_116, "", CheckState.Ok)]
    [InlineData(true, 14_117, "", CheckState.Warn)]
    [InlineData(true, 28_233, "", CheckState.Fail)]
    public void Ports_of_a_pair_must_suffice_and_half_of_them_where_the_kernel_chooses(bool kernel, long open, string reserved, CheckState state)
    {
        var check = Assert.Single(ClientChecks.Ports(
            Needs.Opening(open) with { KernelPorts = kernel }, Machine.With(("net.ipv4.ip_local_reserved_ports", reserved))));
        Assert.Equal(state, check.State);
        Assert.StartsWith("32768 60999 (28,23", check.Present, StringComparison.Ordinal);
        Assert.Equal(
            state switch
            {
                CheckState.Fail => [TuningKeys.PortRange, TuningKeys.SourceAddresses, TuningKeys.MaxOpen],
                CheckState.Warn => [TuningKeys.Ports, TuningKeys.PortRange],
                _ => [],
            },
            check.Remedies.Select(remedy => remedy.Key));
    }

    [Theory]
    [InlineData(14_116, 14_117, CheckState.Ok, CheckState.Warn)]
    [InlineData(28_233, 14_116, CheckState.Fail, CheckState.Ok)]
    [InlineData(28_231, 28_232, CheckState.Warn, CheckState.Fail)]
    public void Each_pair_of_addresses_has_its_own_port_check(long one, long other, CheckState first, CheckState second)
    {
        TargetShare[] shares = [new("127.0.0.1:6379", one), new("[2001:db8::7]:6379", other)];
        Assert.Equal(
            [("127.0.0.1 -> 127.0.0.1:6379", first), ("2001:db8::1 -> [2001:db8::7]:6379", second)],
            ClientChecks.Ports(Needs with { KernelPorts = true, Shares = shares, Targets = 2 }, Machine).Select(check => (check.Subject, check.State)));
    }

    [Fact]
    public void Target_without_a_route_has_no_source_address() => Assert.Equal(
        "* -> 192.0.2.1:6379", Assert.Single(ClientChecks.Ports(Needs with { Shares = [new("192.0.2.1:6379", 5)] }, Machine)).Subject);

    [Fact]
    public void Remedy_is_fewer_connections_when_all_ports_do_not_suffice()
    {
        var check = Assert.Single(ClientChecks.Ports(Needs.Opening(70_000) with { Targets = 2 }, Machine.With((TuningKeys.PortRange, "1024 65535"))));
        Assert.Equal([Remedies.SourceAddresses(null, 2, isLoopback: true), Remedies.MaxOpen(19_000, 2 * 64_511)], check.Remedies);
    }

    [Theory]
    [InlineData(28_232, 1, 1, CheckState.Ok, 0)] // observers have the route's address
    [InlineData(84_696, 3, 3, CheckState.Ok, 0)]
    [InlineData(84_697, 3, 4, CheckState.Fail, 28_232L * 3)]
    [InlineData(250_000, 1, 9, CheckState.Fail, 28_232L)]
    public void Each_source_address_has_all_ports_and_doctor_says_how_many_are_needed(long open, int sources, int needed, CheckState state, long room)
    {
        TargetShare share = new("127.0.0.1:6379", open) { From = "127.0.0.2-127.0.0.9", Sources = sources };
        var check = Assert.Single(ClientChecks.Ports(Needs with { Shares = [share] }, Machine));
        Assert.Equal((state, "127.0.0.2-127.0.0.9 -> 127.0.0.1:6379"), (check.State, check.Subject));
        Assert.Equal(
            state == CheckState.Ok ? [] : [Remedies.SourceAddresses("127.0.0.2-127.0.0.9", needed, isLoopback: true), Remedies.MaxOpen(19_000, room)],
            check.Remedies);
        Assert.Equal(state != CheckState.Ok, check.Sentence.Contains($"From {needed} source addresses they would have enough", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, true, "--set connection.source-addresses='[\"127.0.0.2-127.0.0.3\"]'")]
    [InlineData(255, true, "--set connection.source-addresses='[\"127.0.0.2-127.0.1.0\"]'")]
    [InlineData(2, false, "ip address add ADDRESS dev DEVICE for each, then --set connection.source-addresses='[\"FIRST-LAST\"]'")]
    public void Source_addresses_come_with_the_option_that_sets_them(int count, bool isLoopback, string command) =>
        Assert.Equal(command, Remedies.SourceAddresses(null, count, isLoopback).Command);

    [Fact]
    public void Observers_need_ports_of_the_same_range()
    {
        var check = Assert.Single(ClientChecks.Ports(Needs.Opening(28_232), Machine));
        Assert.Equal((CheckState.Fail, "28233"), (check.State, check.Needed));
        Assert.Contains("28,232 connections at once to 127.0.0.1:6379 and 1 connection of the run's observers need a port each, and there are 28,232 ports", check.Sentence, StringComparison.Ordinal);
        Assert.Equal(CheckState.Ok, Assert.Single(ClientChecks.Ports(Needs.Opening(28_232) with { Observers = 0 }, Machine)).State);
    }

    [Theory]
    [InlineData("no range", "")]
    [InlineData("60999 32768", "")]
    [InlineData("32768 60999", "x")]
    public void Malformed_port_range_is_unseen(string range, string reserved) => Assert.Equal(
        CheckState.Unseen,
        Assert.Single(ClientChecks.Ports(Needs, Machine.With((TuningKeys.PortRange, range), ("net.ipv4.ip_local_reserved_ports", reserved)))).State);

    [Theory]
    [InlineData(false, "0", false, 1_000_000L, CheckState.Ok)]
    [InlineData(true, "1", false, 1_000_000L, CheckState.Ok)]
    [InlineData(true, "2", true, 1_000_000L, CheckState.Ok)]
    [InlineData(true, "2", false, 28_232L, CheckState.Ok)]
    [InlineData(true, "2", false, 28_233L, CheckState.Fail)]
    [InlineData(true, "0", true, 28_233L, CheckState.Fail)]
    [InlineData(true, "0", true, null, CheckState.Warn)]
    [InlineData(true, null, true, 1L, CheckState.Unseen)]
    public void TIME_WAIT_matters_to_a_graceful_close_and_reuse_2_helps_only_on_loopback(
        bool graceful, string? reuse, bool loopback, long? started, CheckState state)
    {
        var needs = Needs with { IsGraceful = graceful, KernelPorts = true, IsLoopback = loopback, StartedInMinute = started };
        var machine = Machine.With((TuningKeys.TimeWaitReuse, reuse));
        var check = ClientChecks.TimeWait(needs, machine);
        Assert.Equal(state, check.State);
        Remedy[] expected = state < CheckState.Warn ? [] :
            [Remedies.AbortiveClose("graceful"), Remedies.Sysctl(TuningKeys.TimeWaitReuse, RemedyHost.Client, reuse), Remedies.SlotPorts("kernel")];
        Assert.Equal(expected, check.Remedies.Where(remedy => remedy.Key != TuningKeys.PortRange));
        Assert.Equal(state == CheckState.Fail, check.Remedies.Any(remedy => remedy.Key == TuningKeys.PortRange));
        Assert.Equal(CheckState.Ok, ClientChecks.TimeWait(needs with { KernelPorts = false }, machine).State);
        Assert.Equal(graceful && reuse == "2" && (loopback || started > 28_232), check.Sentence.Contains("2 means on loopback only", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("8010", "10", CheckState.Ok)]
    [InlineData("8009", "10", CheckState.Fail)]
    [InlineData("7999", "0", CheckState.Warn)]
    public void Conntrack_table_must_have_room(string max, string count, CheckState state)
    {
        var check = ClientChecks.Conntrack(Needs, Machine.With((TuningKeys.Conntrack, max), (ClientChecks.ConntrackCount, count)));
        Assert.Equal(state, check.State);
        Assert.Equal(state == CheckState.Ok ? 0 : 1, check.Remedies.Count);
    }

    [Fact]
    public void Closed_connections_kept_by_a_firewall_are_a_warning() => Assert.Equal(
        CheckState.Warn, ClientChecks.Conntrack(Needs with { Tracked = 200_000 }, Machine).State);

    [Fact]
    public void Machine_without_conntrack_has_no_limit_and_hidden_conntrack_is_unseen()
    {
        var without = Machine.With((TuningKeys.Conntrack, null));
        Assert.Equal(CheckState.Ok, ClientChecks.Conntrack(Needs, without).State);
        Assert.Equal(CheckState.Unseen, ClientChecks.Conntrack(Needs, without with { Settings = new Dictionary<string, string>() }).State);
        var forbidden = without with { Unseen = [$"{TuningKeys.Conntrack} is not known: /proc/sys/net/netfilter/nf_conntrack_max may not be read."] };
        var check = ClientChecks.Conntrack(Needs, forbidden);
        Assert.Equal((CheckState.Unseen, forbidden.Unseen[0].TrimEnd('.')), (check.State, check.Sentence));
    }

    [Theory]
    [InlineData(false, 196_000_000L, CheckState.Warn)]
    [InlineData(false, 195_999_999L, CheckState.Fail)]
    [InlineData(false, 218_000_000L, CheckState.Ok)]
    [InlineData(true, 800_000_000L, CheckState.Fail)]
    [InlineData(true, 1_020_000_000L, CheckState.Ok)]
    [InlineData(false, 80_000_000L, CheckState.Fail)]
    [InlineData(false, null, CheckState.Unseen)]
    public void Memory_is_checked_against_a_measured_estimate(bool embedded, long? available, CheckState state)
    {
        var check = GeneratorChecks.Memory(Needs with { IsEmbedded = embedded }, Machine with { MemoryAvailable = available });
        Assert.Equal(state, check.State);
        Assert.Equal(state >= CheckState.Warn, check.Remedies.Count > 0);
    }

    [Fact]
    public void Connections_over_TLS_take_more_memory() => Assert.Equal(
        CheckState.Fail, GeneratorChecks.Memory(Needs with { SpeaksTls = true }, Machine with { MemoryAvailable = 218_000_000 }).State);

    [Fact]
    public void Memory_remedy_proposes_as_many_connections_as_fit() => Assert.Equal(
        [Remedies.MaxOpen(19_000, 2_000)],
        GeneratorChecks.Memory(Needs, Machine with { MemoryAvailable = 139_000_000 }).Remedies);

    [Theory]
    [InlineData("60", 0L, CheckState.Ok)]
    [InlineData("60", 1L, CheckState.Warn)]
    [InlineData("60", null, CheckState.Warn)]
    [InlineData("1", 1L, CheckState.Ok)]
    [InlineData("0", 1L, CheckState.Ok)]
    [InlineData(null, 1L, CheckState.Unseen)]
    public void Swappiness_matters_where_there_is_swap(string? present, long? swap, CheckState state)
    {
        var check = GeneratorChecks.Swappiness(Machine.With((TuningKeys.Swappiness, present)) with { SwapTotal = swap });
        Assert.Equal(state, check.State);
        Assert.Equal(state == CheckState.Warn ? [Remedies.Sysctl(TuningKeys.Swappiness, RemedyHost.Client, present)] : [], check.Remedies);
    }

    [Fact]
    public void Missing_ring_is_a_warning_or_a_failure_when_required()
    {
        var fallback = new TransportChoice("sockets", 1, "auto: no ring, because a seccomp profile forbids io_uring", IsFallback: true);
        var warned = GeneratorChecks.Transport(Machine, TransportKind.Auto, fallback, null);
        Assert.Equal(CheckState.Warn, warned.State);
        Assert.Contains("seccomp", warned.Sentence, StringComparison.Ordinal);
        Assert.Equal([Remedies.Transport("auto", "sockets")], warned.Remedies);
        var disabled = GeneratorChecks.Transport(Machine.With((TuningKeys.RingDisabled, "2")), TransportKind.Auto, fallback, null);
        Assert.Equal([Remedies.Sysctl(TuningKeys.RingDisabled, RemedyHost.Client, "2"), Remedies.Transport("auto", "sockets")], disabled.Remedies);
        var failed = GeneratorChecks.Transport(Machine, TransportKind.IoUring, null, "this kernel is too old");
        Assert.Equal(CheckState.Fail, failed.State);
        Assert.Contains("too old", failed.Sentence, StringComparison.Ordinal);
        Assert.Equal([Remedies.Transport("io-uring", "auto")], failed.Remedies);
        Assert.Equal(CheckState.Ok, GeneratorChecks.Transport(Machine, TransportKind.Sockets, new TransportChoice("sockets", 1, "as configured"), null).State);
    }
}
