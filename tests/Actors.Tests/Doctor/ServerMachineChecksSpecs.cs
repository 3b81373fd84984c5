using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Observers.Server;
using ActorLoad.Transport;
using Xunit;
using static ActorLoad.Actors.Tests.Doctor.Storms;

namespace ActorLoad.Actors.Tests.Doctor;

public sealed class ServerMachineChecksSpecs
{
    private static readonly string[] _names = [TuningKeys.SoMaxConn, TuningKeys.SynBacklog, TuningKeys.Overcommit, TuningKeys.HugePages];

    [Theory]
    [InlineData("8000", CheckState.Ok)]
    [InlineData("7999", CheckState.Warn)]
    [InlineData(null, CheckState.Unseen)]
    public void Somaxconn_must_hold_a_burst(string? present, CheckState state)
    {
        var check = Full(Needs, Machine.With((TuningKeys.SoMaxConn, present)), Redis).Named(TuningKeys.SoMaxConn);
        Assert.Equal(state, check.State);
        Assert.Equal(state == CheckState.Warn ? [Remedies.Sysctl(TuningKeys.SoMaxConn, RemedyHost.Server, present, 8_000)] : [], check.Remedies);
    }

    [Theory]
    [InlineData("1", "100", CheckState.Ok)]
    [InlineData("2", "100", CheckState.Ok)]
    [InlineData("0", "100", CheckState.Warn)]
    [InlineData("0", "8000", CheckState.Ok)]
    [InlineData("0", null, CheckState.Unseen)]
    public void SYN_backlog_matters_only_without_cookies(string cookies, string? present, CheckState state) => Assert.Equal(
        state,
        Full(Needs, Machine.With((TuningKeys.SynCookies, cookies), (TuningKeys.SynBacklog, present)), Redis).Named(TuningKeys.SynBacklog).State);

    [Theory]
    [InlineData("0", "3600 1", "no", CheckState.Warn)]
    [InlineData("0", "", "yes", CheckState.Warn)]
    [InlineData("2", "3600 1", "no", CheckState.Warn)]
    [InlineData("0", "", "no", CheckState.Ok)]
    [InlineData("1", "3600 1", "no", CheckState.Ok)]
    public void Overcommit_matters_to_a_server_that_saves(string present, string save, string append, CheckState state)
    {
        var server = Redis with { Configuration = Configured("8000", save, append) };
        var check = Full(Needs, Machine.With((TuningKeys.Overcommit, present)), server).Named(TuningKeys.Overcommit);
        Assert.Equal(state, check.State);
        Assert.Equal(state == CheckState.Warn ? [Remedies.Sysctl(TuningKeys.Overcommit, RemedyHost.Server, present)] : [], check.Remedies);
    }

    [Fact]
    public void Server_with_unknown_save_settings_gets_an_overcommit_warning()
    {
        var check = Full(Needs, Machine.With((TuningKeys.Overcommit, "0")), Redis with { Configuration = null }).Named(TuningKeys.Overcommit);
        Assert.Equal(CheckState.Warn, check.State);
        Assert.Contains("if it saves at all", check.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("always", "no", CheckState.Warn)]
    [InlineData("always", "yes", CheckState.Ok)]
    [InlineData("madvise", "no", CheckState.Ok)]
    [InlineData("never", "no", CheckState.Ok)]
    [InlineData(null, "no", CheckState.Unseen)]
    public void Huge_pages_for_all_programs_give_a_warning_unless_the_server_disables_them(string? mode, string disabled, CheckState state)
    {
        var server = Redis with { Configuration = Configured("8000", disableThp: disabled) };
        var check = Full(Needs, Machine.With(("transparent_hugepage", mode)), server).Named(TuningKeys.HugePages);
        Assert.Equal(state, check.State);
        Assert.Equal(state == CheckState.Warn ? [Remedies.HugePages(mode)] : [], check.Remedies);
    }

    [Fact]
    public void Remote_machine_is_not_judged_by_this_machine_and_gets_a_command_to_look()
    {
        var bad = Machine.With((TuningKeys.SoMaxConn, "1"), (TuningKeys.Overcommit, "0"), ("transparent_hugepage", "always"), (TuningKeys.SynCookies, "0"));
        var checks = Full(Needs, bad, new ServerReadings("192.0.2.1:6379", IsHere: false) { Reading = Reading("redis", 9_000, 1) });
        Assert.All(_names, name =>
        {
            var check = checks.Named(name);
            Assert.Equal(CheckState.Unseen, check.State);
            Assert.Contains("192.0.2.1:6379 listens on another machine", check.Sentence, StringComparison.Ordinal);
            Assert.EndsWith(name, check.Look, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_container_is_not_judged_by_this_namespace() => Assert.Contains(
        "another network namespace",
        Full(Needs, Machine, Redis with { IsElsewhere = true, QueueLimit = null }).Named(TuningKeys.SoMaxConn).Sentence, StringComparison.Ordinal);

    [Fact]
    public void Local_and_remote_servers_are_judged_separately()
    {
        var checks = Full(Needs with { Targets = 2 }, Machine, Redis, new ServerReadings("192.0.2.1:6379", IsHere: false));
        Assert.Equal([CheckState.Ok, CheckState.Unseen], checks.Where(check => check.Name == TuningKeys.SoMaxConn).Select(check => check.State));
    }

    [Theory]
    [InlineData(512, CheckState.Ok)]
    [InlineData(513, CheckState.Warn)]
    public void Embedded_server_is_checked_with_its_queue_of_512(long burst, CheckState state)
    {
        var embedded = Needs with { IsEmbedded = true, BurstForEach = burst };
        var checks = Full(embedded, Machine.With((TuningKeys.Overcommit, "0"), ("transparent_hugepage", "always")));
        Assert.Equal(state, checks.Named(TuningKeys.TcpBacklog).State);
        Assert.All(checks.Where(check => check.Name != TuningKeys.TcpBacklog), check => Assert.True(check.State == CheckState.Ok, $"{check}"));
        Assert.Equal(CheckState.Ok, checks.Named(TuningKeys.SoMaxConn).State);
    }

    [Fact]
    public void Run_checks_settings_that_lose_connections_and_not_mere_advice()
    {
        var advice = Machine.With((TuningKeys.Swappiness, "60"), (TuningKeys.Overcommit, "0"), ("transparent_hugepage", "always"))
            .With((TuningKeys.Conntrack, "1"), (ClientChecks.ConntrackCount, "0"));
        var looked = new ServerReadings("127.0.0.1:6379", true) { QueueLimit = 8_000, Problem = "did not answer", IsDown = true, Obstacle = ServerObstacle.Silence };
        Assert.All(Checkup.Brief(Needs, advice, TransportKind.Auto, Ring, [looked]), check => Assert.True(check.State == CheckState.Ok, $"{check}"));
        Assert.Equal(CheckState.Warn, Checkup.Brief(Needs, advice, TransportKind.Auto, Ring, [Redis]).Named(TuningKeys.Overcommit).State); // it saves
        var narrow = advice.With((TuningKeys.SoMaxConn, "128"), ("nofile", "1024"), (TuningKeys.PortRange, "20000 20099"), (ClientChecks.ConntrackCount, "5"));
        Assert.Equal(
            [TuningKeys.Descriptors, TuningKeys.PortRange, TuningKeys.Conntrack, TuningKeys.SoMaxConn, TuningKeys.TcpBacklog],
            Checkup.Brief(Needs, narrow, TransportKind.Auto, Ring, [looked with { QueueLimit = 128 }])
                .Where(check => check.State >= CheckState.Warn).Select(check => check.Name));
    }

    [Fact]
    public void Read_only_sysctls_are_reported_beside_the_needed_ones()
    {
        var fixedMachine = Machine with { IsReadOnly = true };
        Assert.DoesNotContain(Full(Needs, fixedMachine, Redis), check => check.Name == "/proc/sys");
        var told = Full(Needs, fixedMachine.With((TuningKeys.SoMaxConn, "128")), Redis).Named("/proc/sys");
        Assert.Equal(CheckState.Unseen, told.State);
        Assert.Contains("docker run --sysctl", told.Sentence, StringComparison.Ordinal);
    }
}
