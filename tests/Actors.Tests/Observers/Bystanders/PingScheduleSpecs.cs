using ActorLoad.Observers.Bystanders;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

public class PingScheduleSpecs
{
    private const long Nanoseconds = 1_000_000_000;

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 100)]
    [InlineData(1, 0, 25)]
    [InlineData(3, 10, 1_075)]
    public void Connections_send_their_PINGs_in_turn(int connection, long ping, long millis) =>
        Assert.Equal(7 + (millis * 1_000_000), new PingSchedule(7, Nanoseconds, 10, 4).Due(connection, ping));

    [Theory]
    [InlineData(10)]
    [InlineData(7)]
    [InlineData(0.3)]
    [InlineData(333.3)]
    public void A_year_of_PINGs_does_not_drift(double rate)
    {
        var seconds = TimeSpan.FromDays(365).TotalSeconds;
        var due = new PingSchedule(0, Nanoseconds, rate, 1).Due(0, (long)(seconds * rate));
        Assert.InRange(due, (seconds - (1 / rate) - 0.001) * Nanoseconds, (seconds + 0.001) * Nanoseconds);
    }
}
