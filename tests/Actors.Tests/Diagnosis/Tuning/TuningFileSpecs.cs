using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis.Tuning;

public sealed class TuningFileSpecs
{
    [Fact]
    public void Comment_of_a_setting_is_split_into_its_parts()
    {
        var setting = Assert.Single(TuningFile.Parse(SystuneFiles.Server, """
            # About the file, and no setting's.

            # What it
            # does.
            # Default: 1
            # or 2.
            # Frankly: nothing.
            # Left alone: larger
            -net.a_b = 1 2
            """));
        Assert.Equal(
            new TuningSetting("net.a_b", "1 2", RemedyHost.Server, "What it does.", "1 or 2.", "nothing.", "larger", SystuneFiles.Server), setting);
    }

    [Theory]
    [InlineData(SystuneFiles.Client, "net.x 5")]
    [InlineData(SystuneFiles.Client, "net.x =")]
    [InlineData(SystuneFiles.Limits, "* soft nofile")]
    [InlineData(SystuneFiles.Limits, "somebody soft nofile 5")]
    [InlineData(SystuneFiles.Redis, "maxclients")]
    [InlineData(SystuneFiles.HugePages, "w /sys/x 5")]
    [InlineData(SystuneFiles.DropIn, "LimitNOFILE")]
    [InlineData(SystuneFiles.Run, "connection.ports = slot")]
    public void Line_that_is_not_a_setting_is_reported(string name, string line) => Assert.Equal(
        $"{name}:2: \"{line}\" is not a setting", Assert.Throws<FormatException>(() => TuningFile.Parse(name, $"# x\n{line}\n")).Message);

    [Fact]
    public void Limits_that_disagree_are_named()
    {
        var error = Assert.Throws<FormatException>(() => TuningFile.Parse(SystuneFiles.Limits, "* soft nofile 1\n* hard nofile 2\n"));
        Assert.Equal($"{SystuneFiles.Limits}:2: nofile is 2 here and 1 before", error.Message);
    }

    [Fact]
    public void Drop_ins_that_disagree_are_named()
    {
        (string, string)[] files = [("systune/systemd/a.service.d/x.conf", "LimitNOFILE=1"), ("systune/systemd/b.service.d/x.conf", "LimitNOFILE=2")];
        Assert.Equal(
            "systune/systemd/b.service.d/x.conf: nofile is 2 here and 1 elsewhere for the Server",
            Assert.Throws<FormatException>(() => TuningCatalogue.Parse(files)).Message);
    }

    [Fact]
    public void File_of_an_unknown_program_is_an_error() =>
        Assert.Throws<FormatException>(() => TuningFile.Parse("systune/nginx.conf", ""));

    [Theory]
    [InlineData("5", "", "5", true)]
    [InlineData("5", "", "6", false)]
    [InlineData("5", "", "5\n", true)]
    [InlineData("5", "larger", "6", true)]
    [InlineData("5", "larger", "4", false)]
    [InlineData("5", "larger", "unlimited", false)]
    [InlineData("1", "2", "2", true)]
    [InlineData("1", "2", "0", false)]
    [InlineData("100 199", "wider", "300\t399\n", true)]
    [InlineData("100 199", "wider", "100\t198\n", false)]
    [InlineData("100 199", "wider", "", false)]
    [InlineData("madvise", "never", "always [madvise] never\n", true)]
    [InlineData("madvise", "never", "always madvise [never]\n", true)]
    [InlineData("madvise", "never", "[always] madvise never\n", false)]
    public void Setting_is_met_by_a_good_enough_present_value(string proposed, string leftAlone, string present, bool good) => Assert.Equal(
        good, new TuningSetting("key", proposed, RemedyHost.Client, "", "", "", leftAlone, "file").IsMetBy(present));
}
