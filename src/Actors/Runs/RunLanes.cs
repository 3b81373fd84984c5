using System.Collections.Immutable;
using ActorLoad.Connections;
using Akka.Actor;

namespace ActorLoad.Runs;

/// <summary>The lanes of a run.</summary>
/// <param name="lanes">The lanes, in the order of their numbers.</param>
internal sealed class RunLanes(ImmutableArray<IActorRef> lanes)
{
    private readonly HashSet<int> _blocked = [];

    /// <summary>The lanes of a run that has not begun.</summary>
    public static RunLanes None { get; } = new([]);

    /// <summary>Number of lanes.</summary>
    public int Count => lanes.Length;

    /// <summary>True if every lane is blocked.</summary>
    public bool AreAllBlocked => _blocked.Count == lanes.Length;

    /// <summary>Notes a lane whose loop is blocked: it does not answer any more.</summary>
    public void Block(int lane) => _blocked.Add(lane);

    /// <summary>Sends a message to every lane.</summary>
    public void Tell(object message)
    {
        foreach (var lane in lanes)
        {
            lane.Tell(message);
        }
    }

    /// <summary>Tells each lane its share of a burst.</summary>
    public void Open(LaneProtocol.OpenBurst burst)
    {
        var first = burst.First;
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            var share = (burst.Count / lanes.Length) + (lane < burst.Count % lanes.Length ? 1 : 0);
            lanes[lane].Tell(burst with { First = first, Count = share });
            first += share;
        }
    }

    /// <summary>Tells the lanes to pace a phase: of n lanes, lane k takes connections k, k + n, k + 2n ...</summary>
    public void Pace(LaneProtocol.PacePhase phase)
    {
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            lanes[lane].Tell(phase with { First = lane, Step = lanes.Length });
        }
    }
}
