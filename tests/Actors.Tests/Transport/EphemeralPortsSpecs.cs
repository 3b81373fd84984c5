using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class EphemeralPortsSpecs
{
    [Theory]
    [InlineData("32768\t60999\n", "\n", 32768, 60999, 28232)]
    [InlineData("40000 40009", "", 40000, 40009, 10)]
    [InlineData("40000\t40009\n", "40000\n", 40001, 40009, 9)]
    [InlineData("40000\t40009\n", "40003-40005,40009\n", 40000, 40008, 6)]
    [InlineData("40000\t40009\n", "8080,39990-40001\n", 40002, 40009, 8)]
    [InlineData("40000\t40000\n", "\n", 40000, 40000, 1)]
    public void Ports_of_a_range_leave_out_the_reserved_ones(string range, string reserved, int first, int last, int count)
    {
        var ports = EphemeralPorts.Parse(range, reserved);
        Assert.Equal((first, last, count), (ports[0], ports[^1], ports.Count));
        Assert.Equal(ports.Order().Distinct(), ports);
    }

    [Fact]
    public void Fully_reserved_range_has_no_ports() => Assert.Empty(EphemeralPorts.Parse("40000 40009", "30000-50000"));

    [LinuxFact]
    public void This_machine_has_a_port_range() => Assert.NotEmpty(EphemeralPorts.Read());
}
