using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>Which checks keep a run from beginning, and what the doctor says of a name with several addresses.</summary>
public sealed class RunDoctorSpecs
{
    private static readonly RunSettings _settings = RunSettingsBuilder.Of(RunSettingsBuilder.Fixed(5, TimeSpan.FromSeconds(1), count: 1));
    private static readonly ResolvedTarget _two = new(["a:1", "b:1", "b:1"], [Address(1), Address(2), Address(2)]);

    [Fact]
    public void Run_begins_when_one_of_its_servers_is_usable()
    {
        Assert.Empty(RunDoctor.Obstacles(_settings, _two, []));
        Assert.Empty(RunDoctor.Obstacles(_settings, _two, [Down(1)]));
        Assert.Equal([Down(1), Down(2)], RunDoctor.Obstacles(_settings, _two, [Down(1), Down(2)]));
    }

    [Fact]
    public void Run_begins_despite_other_failed_checks()
    {
        Check[] others = [Down(1) with { State = CheckState.Warn }, Down(2), Check.Fail("maxclients", $"{Address(1)}", "5", "10", "too few")];
        Assert.Empty(RunDoctor.Obstacles(_settings, _two, others));
    }

    [Fact]
    public void Run_begins_despite_the_password_check_when_its_script_gives_the_password()
    {
        Assert.True(Script.TryParse(["AUTH word", "PING"], out var script, out _));
        var target = _two with { Endpoints = [Address(1)] };
        Check[] checks = [Down(1) with { Remedies = TroubleRemedies.Password() }];
        Assert.Single(RunDoctor.Obstacles(_settings, target, checks));
        var own = _settings with { Connection = _settings.Connection with { Script = script! } };
        Assert.Empty(RunDoctor.Obstacles(own, target, checks));
        Assert.Single(RunDoctor.Obstacles(own, target, [Down(1)]));
        Assert.Single(RunDoctor.Obstacles(own with { Target = own.Target with { Credentials = new("", "wrong") } }, target, checks));
    }

    [Fact]
    public async Task Doctor_names_the_addresses_that_a_run_would_not_storm()
    {
        var unused = new UnusedAddresses("db:1", "127.0.0.1:1", ["127.0.0.2:1"]);
        var target = new ResolvedTarget(["db:1"], [new IPEndPoint(IPAddress.Loopback, 1)]);
        var report = await RunDoctor.ExamineAsync(_settings, target with { Unused = [unused] }, TimeProvider.System, CancellationToken.None);
        Assert.Equal($"{unused}", $"{Assert.Single(DoctorReport.Parse(report.ToJson()).Unused!)}");
        Assert.Null((await RunDoctor.ExamineAsync(_settings, target, TimeProvider.System, CancellationToken.None)).Unused);
    }

    private static Endpoint Address(int last) => new IPEndPoint(new IPAddress([127, 0, 0, (byte)last]), 1);

    private static Check Down(int last) => Check.Fail("target", $"{Address(last)}", null, null, "nothing listens there", Array.Empty<Remedy>());
}
