namespace ActorLoad.Metrics;

/// <summary>The hash slots of one node of a Redis Cluster. Two sets are equal only if they are the same object.</summary>
public sealed class SlotSet
{
    private const int All = 16384;
    private const int Bits = 64;

    private readonly ulong[] _bits = new ulong[All / Bits];

    /// <summary>The slots of these ranges, both ends included.</summary>
    public SlotSet(IEnumerable<(int First, int Last)> ranges)
    {
        foreach (var (first, last) in ranges)
        {
            for (var slot = Math.Max(first, 0); slot <= Math.Min(last, All - 1); slot++)
            {
                Count += Contains(slot) ? 0 : 1;
                _bits[slot / Bits] |= 1UL << (slot % Bits);
            }
        }
    }

    /// <summary>Number of slots.</summary>
    public int Count { get; }

    /// <summary>True if the node serves the slot.</summary>
    public bool Contains(int slot) => (_bits[slot / Bits] & (1UL << (slot % Bits))) != 0;
}

/// <summary>What an endpoint is in a Redis Cluster.</summary>
/// <param name="Cluster">The endpoints by which the run file names the cluster.</param>
/// <param name="Slots">The slots that it serves.</param>
public sealed record ClusterNode(string Cluster, SlotSet Slots);
