namespace ActorLoad.Observers.Bystanders;

/// <summary>When each PING is due, at a fixed rate. The connections take turns, evenly spread over the time between two PINGs of
/// one.</summary>
/// <param name="Epoch">The first PING of the first connection, as a time stamp.</param>
/// <param name="Frequency">Ticks of the clock in a second.</param>
/// <param name="RatePerSecond">PINGs of one connection in a second.</param>
/// <param name="Connections">Number of connections.</param>
internal sealed record PingSchedule(long Epoch, long Frequency, double RatePerSecond, int Connections)
{
    /// <summary>When PING number <paramref name="ping"/> of a connection is due, both counted from 0.</summary>
    public long Due(int connection, long ping) => Epoch + (long)((ping + ((double)connection / Connections)) * Frequency / RatePerSecond);
}
