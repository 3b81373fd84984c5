using ActorLoad.Doctor;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal;

/// <summary>What <c>doctor</c> prints.</summary>
public sealed class CheckTableSpecs
{
    private static readonly RunNeeds _needs = new RunNeeds
    {
        Due = 5,
        MaxOpen = 19_000,
        Open = 5,
        Shares = [new("127.0.0.1:1", 5)],
        BurstForEach = 5,
        Targets = 1,
        StartedInMinute = 5,
        Tracked = 5,
        Observers = 1,
        IsGraceful = false,
        KernelPorts = false,
        IsLoopback = true,
        IsEmbedded = false,
    };

    [Fact]
    public void Doctor_says_which_addresses_of_a_name_are_not_stormed() => Assert.Contains(
        "db:1 is 127.0.0.1:1 here; its other addresses are not stormed: 127.0.0.2:1, 127.0.0.3:1. target.addresses = all storms each",
        Printed(DoctorReport.Of(["db:1"], ["127.0.0.1:1"], _needs, []) with { Unused = [new UnusedAddresses("db:1", "127.0.0.1:1", ["127.0.0.2:1", "127.0.0.3:1"])] }));

    [Fact]
    public void Sentence_in_a_pipe_is_one_line_without_trailing_spaces()
    {
        var sentence = string.Join(' ', Enumerable.Repeat("a reason", 60));
        var lines = Printed(DoctorReport.Of(["db:1"], ["127.0.0.1:1"], _needs, [new Check("name", "subject", CheckState.Fail, null, null, sentence, [])]));
        Assert.Contains($"FAIL name: {sentence}.", lines);
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    private static string[] Printed(DoctorReport report)
    {
        var writer = new StringWriter();
        CheckTable.Write(Look.Console(writer, redirected: true), report, "the storm");
        return writer.ToString().Split('\n');
    }
}
