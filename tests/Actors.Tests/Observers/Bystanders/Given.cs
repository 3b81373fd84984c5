using ActorLoad.Observers.Bystanders;
using ActorLoad.Resp;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

/// <summary>A bystander to start from.</summary>
internal static class Given
{
    /// <summary>Three connections that PING 50 times a second each, with a band that only a stall or a lost PING leaves.</summary>
    public static BystanderSettings Bystander() => new(
        Connections: 3, RatePerSecond: 50, Before: TimeSpan.FromMilliseconds(400), After: TimeSpan.FromSeconds(30),
        Window: TimeSpan.FromMilliseconds(500), BandFactor: 1, BandFloor: TimeSpan.FromMilliseconds(200),
        ConnectTimeout: TimeSpan.FromSeconds(10), ReplyTimeout: TimeSpan.FromSeconds(10), Credentials.None);
}
