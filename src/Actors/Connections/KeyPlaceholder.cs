using System.Collections.Concurrent;
using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Connections;

/// <summary>The random number at the end of a key. In a cluster it makes the key one of the connection's node, if any key is.</summary>
/// <param name="count">Number of keys.</param>
/// <param name="place">As for <see cref="RandomPlaceholder"/>.</param>
internal sealed class KeyPlaceholder(long count, int place) : RandomPlaceholder(0, count - 1, place)
{
    // Of so many keys, those of each node are listed before the run. Of more, each is drawn until one fits.
    private const int MostListed = 1 << 17;

    // A node with one slot of 16,384 has a key among so many, almost surely.
    private const int MostDrawn = 16 * HashSlot.Count;

    private ConcurrentDictionary<SlotSet, int[]> _listed = new(); // empty without a choice
    private byte[]? _before; // null if the argument holds another placeholder, or is too long
    private byte[] _after = [];

    /// <summary>Most bytes around the number, if it is to make a key of the connection's node.</summary>
    public const int MostAround = 1024;

    /// <summary>Most different keys of a session that makes keys of the connection's node. A list takes up to a megabyte.</summary>
    public const int MostKeys = 64;

    /// <summary>True if it can be made a key of the connection's node.</summary>
    public bool HasChoice => _before is not null;

    /// <summary>Equal for placeholders with the same keys.</summary>
    public string Pattern => $"{Convert.ToHexString(_before!)} {count} {Convert.ToHexString(_after)}";

    /// <summary>True if the argument is longer than a key of the connection's node can be.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The key is an argument with these bytes around the number.</summary>
    public void StandBetween(byte[] before, byte[] after)
    {
        IsTooLong = before.Length + after.Length > MostAround;
        (_before, _after) = IsTooLong ? (null, []) : (before, after);
    }

    /// <summary>Finds the keys of nodes, so that no connection has to.</summary>
    public void Prepare(IReadOnlyCollection<SlotSet> nodes)
    {
        if (count > MostListed)
        {
            return;
        }

        int[]? slotOf = null; // the same for all nodes
        foreach (var slots in nodes)
        {
            _listed.GetOrAdd(slots, _ =>
            {
                slotOf ??= [.. Enumerable.Range(0, (int)count).Select(number => Slot(number))];
                return [.. Enumerable.Range(0, (int)count).Where(number => slots.Contains(slotOf[number]))];
            });
        }
    }

    /// <summary>Has the lists of another one with the same keys.</summary>
    public void TakeFrom(KeyPlaceholder same) => _listed = same._listed;

    /// <inheritdoc/>
    protected override long Number(in Sender sender)
    {
        var drawn = base.Number(sender);
        if (_before is null || sender.Slots is not { } slots)
        {
            return drawn;
        }

        if (_listed.TryGetValue(slots, out var numbers))
        {
            return numbers.Length == 0 ? drawn : numbers[(int)(drawn % numbers.Length)];
        }

        var (number, state) = (drawn, (ulong)drawn);
        for (var draws = 0; draws < MostDrawn; draws++)
        {
            if (slots.Contains(Slot(number)))
            {
                return number;
            }

            state = (state * 6364136223846793005) + 1442695040888963407; // Knuth's MMIX
            number = (long)(((UInt128)state * (ulong)count) >> 64);
        }

        return drawn; // a hash tag gives all keys one slot, and it is another node's
    }

    private int Slot(long number)
    {
        Span<byte> key = stackalloc byte[_before!.Length + MaxLength + _after.Length];
        _before.CopyTo(key);
        var end = _before.Length + NumberPlaceholder.Write(number, key[_before.Length..]);
        _after.CopyTo(key[end..]);
        return HashSlot.Of(key[..(end + _after.Length)]);
    }
}
