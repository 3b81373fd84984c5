using ActorLoad.Transport;
using Akka.Actor;

namespace ActorLoad.Connections;

/// <summary>Decides which of the connections that are due open, and which take over an idle one. Confined to the lane's loop.</summary>
/// <param name="settings">The lane's.</param>
/// <param name="loop">Its loop.</param>
/// <param name="record">Its counts.</param>
/// <param name="random">Its random numbers.</param>
internal sealed class LaneOpening(LaneSettings settings, TransportLoop loop, LaneRecord record, Random random)
{
    private TargetHealth Health => settings.Health;

    /// <summary>
    /// Decides which of <paramref name="count"/> due connections to open, with a bit for each. The lowest bit is connection
    /// <paramref name="first"/>, the next one <paramref name="first"/> + <paramref name="step"/>. Drops the rest: max-open was reached, or
    /// their endpoint was given up.
    /// </summary>
    /// <param name="share">Their share.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="passed">The targets that they pass: see <see cref="TargetHealth.Passed"/>.</param>
    /// <param name="step">From one to the next.</param>
    /// <param name="due">When they were due, for those that take over an idle connection.</param>
    public ulong Open(BurstShare share, int first, int count, out int passed, int step = 1, long due = 0)
    {
        passed = Health.Passed;
        var (which, opened, lent) = (0UL, 0, 0);
        var room = record.IsAborting ? 0 : Math.Min(count, settings.MaxOpen - record.OpenNow - (record.Pool?.Count ?? 0));
        for (var index = 0; index < count; index++)
        {
            var endpoint = Health.EndpointOf(Health.TargetOf(share.Turn + first + ((long)index * step), passed));
            var (tally, isGivenUp) = (share.Tallies[endpoint], Health.Endpoints[endpoint].IsGivenUp);
            tally.RecordPlanned(1);
            if (record.Pool is not null && !record.IsAborting && !isGivenUp && record.Pool.HasIdle(endpoint))
            {
                record.Pool.Lend(NewRecord(share, first + (index * step), due, passed));
                lent++;
                continue;
            }

            if (opened >= room && record.Pool is { Count: > 0 } && !record.IsAborting && !isGivenUp)
            {
                record.Pool.MakeRoom();
                room++;
            }

            if (opened >= room || isGivenUp)
            {
                tally.RecordDropped(1, isGivenUp);
                continue;
            }

            tally.RecordOpened();
            tally.RecordAttempt(isRetry: false);
            which |= 1UL << index;
            opened++;
        }

        share.Planned += count;
        share.Opened += opened + lent;
        share.Reused += lent;
        record.Opened(opened + lent);
        return which;
    }

    /// <summary>Makes the record of a connection to open.</summary>
    public ConnectionRecord NewRecord(BurstShare share, int client, long due, int passed)
    {
        var target = Health.TargetOf(share.Turn + client, passed);
        return new ConnectionRecord(share, client, due, target, Health.EndpointOf(target)) { Slots = Health.At(target).Node?.Slots };
    }

    /// <summary>Sends a connection of a population its <see cref="ConnectionProtocol.Retire"/> at the end of its lifetime.</summary>
    public void PlanRetirement(ConnectionRecord entry, IActorRef connection)
    {
        if (entry.Share.Population is { Lifetime.Ticks: > 0 } population)
        {
            var lifetime = population.Lifetime * (1 + (population.LifetimeJitter * ((2 * random.NextDouble()) - 1)));
            loop.Schedule(entry.Timings.Due + loop.ToTicks(lifetime), connection, ConnectionProtocol.Retire.Instance);
        }
    }
}
