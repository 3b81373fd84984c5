namespace ActorLoad.Transport.Uring;

/// <summary>Links whose SYN or command was prepared and leaves with the next entry into the kernel.</summary>
/// <param name="loop">Whose clock stamps them: one reading for each entry.</param>
internal sealed class RingDepartures(TransportLoop loop)
{
    private readonly List<RingLink> _leaving = [];

    /// <summary>A SYN or a command of <paramref name="link"/> was prepared.</summary>
    public void Add(RingLink link) => _leaving.Add(link);

    /// <summary>Tells the links that the kernel now gets what they prepared.</summary>
    public void Stamp()
    {
        if (_leaving.Count == 0)
        {
            return;
        }

        var now = loop.Now;
        foreach (var link in _leaving)
        {
            link.Leaves(now);
        }

        _leaving.Clear();
    }
}
