using System.Text.Json;
using ActorLoad.Doctor;
using Xunit;
using static ActorLoad.Actors.Tests.Doctor.Storms;

namespace ActorLoad.Actors.Tests.Doctor;

public sealed class DoctorReportSpecs
{
    [Fact]
    public void Report_has_its_worst_state_and_ignores_unseen_checks()
    {
        Assert.Equal(CheckState.Ok, Report().State);
        Assert.Equal(CheckState.Ok, Report(Check.Unseen("a", "b", null, "c")).State);
        Assert.Equal(CheckState.Warn, Report(Check.Unseen("a", "b", null, "c"), Check.Warn("a", "b", null, null, "c")).State);
        Assert.Equal(CheckState.Fail, Report(Check.Warn("a", "b", null, null, "c"), Check.Fail("a", "b", null, null, "c")).State);
    }

    [Fact]
    public void Report_JSON_can_be_read_again()
    {
        var report = DoctorReport.Of(["db:6379"], ["127.0.0.1:6379"], Needs, Full(Needs with { Due = 20_000 }, Machine, Redis));
        var json = report.ToJson();
        Assert.Equal(json, DoctorReport.Parse(json).ToJson());
        var root = JsonDocument.Parse(json).RootElement;
        Assert.Equal((1, "fail"), (root.GetProperty("schemaVersion").GetInt32(), root.GetProperty("state").GetString()));
        var check = root.GetProperty("checks")[0];
        Assert.Equal(("connection.max-open", "fail", "19000", "20000"), (
            check.GetProperty("name").GetString(), check.GetProperty("state").GetString(), check.GetProperty("present").GetString(),
            check.GetProperty("needed").GetString()));
        Assert.Equal(
            ("run", "--set connection.max-open=20000"),
            (check.GetProperty("remedies")[0].GetProperty("host").GetString(), check.GetProperty("remedies")[0].GetProperty("command").GetString()));
    }

    private static DoctorReport Report(params Check[] checks) => DoctorReport.Of([], [], Needs, checks);
}
