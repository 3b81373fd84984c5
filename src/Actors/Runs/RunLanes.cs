using System.Collections.Immutable;
using ActorLoad.Connections;
using Akka.Actor;

namespace ActorLoad.Runs;

/// <summary>The lanes of a run: one for each fleet on each loop.</summary>
/// <param name="lanes">The lanes in the order of their numbers, fleet by fleet.</param>
/// <param name="fleets">Number of fleets.</param>
internal sealed class RunLanes(ImmutableArray<IActorRef> lanes, int fleets = 1)
{
    private readonly HashSet<int> _blocked = [];

    /// <summary>The lanes of a run that has not begun.</summary>
    public static RunLanes None { get; } = new([]);

    /// <summary>Lanes of each fleet: the number of loops.</summary>
    public int OfEachFleet => lanes.Length / fleets;

    /// <summary>True if every lane is blocked.</summary>
    public bool AreAllBlocked => _blocked.Count == lanes.Length;

    /// <summary>Notes a blocked loop, whose lanes do not answer any more; returns these.</summary>
    public IReadOnlyList<int> Block(int loop)
    {
        int[] blocked = [.. Enumerable.Range(0, fleets).Select(fleet => (fleet * OfEachFleet) + loop)];
        _blocked.UnionWith(blocked);
        return blocked;
    }

    /// <summary>Sends a message to every lane.</summary>
    public void Tell(object message)
    {
        foreach (var lane in lanes)
        {
            lane.Tell(message);
        }
    }

    /// <summary>Tells each lane of a fleet its share of a burst.</summary>
    public void Open(int fleet, LaneProtocol.OpenBurst burst)
    {
        var first = burst.First;
        for (var lane = 0; lane < OfEachFleet; lane++)
        {
            var share = (burst.Count / OfEachFleet) + (lane < burst.Count % OfEachFleet ? 1 : 0);
            lanes[(fleet * OfEachFleet) + lane].Tell(burst with { First = first, Count = share });
            first += share;
        }
    }

    /// <summary>Tells the lanes of a fleet to pace a phase: of n lanes, lane k takes connections k, k + n, k + 2n ...</summary>
    public void Pace(int fleet, LaneProtocol.PacePhase phase)
    {
        for (var lane = 0; lane < OfEachFleet; lane++)
        {
            lanes[(fleet * OfEachFleet) + lane].Tell(phase with { First = lane, Step = OfEachFleet });
        }
    }
}
