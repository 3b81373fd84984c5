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
    /// <param name="burst">Number of the burst.</param>
    /// <param name="connections">Size of the burst.</param>
    /// <param name="due">Due time of the burst.</param>
    /// <param name="turn">Connections of the run before the burst.</param>
    public void Open(int burst, int connections, TimeSpan due, long turn)
    {
        var first = 0;
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            var share = (connections / lanes.Length) + (lane < connections % lanes.Length ? 1 : 0);
            lanes[lane].Tell(new LaneProtocol.OpenBurst(burst, first, share, due) { Turn = turn });
            first += share;
        }
    }
}
