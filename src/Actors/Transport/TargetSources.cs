namespace ActorLoad.Transport;

/// <summary>The ports of several source addresses for connections of one loop to one target: each address has its turn, so that they are
/// used evenly.</summary>
/// <param name="each">The ports of each address, at least one.</param>
/// <param name="first">The one that is first in turn.</param>
internal sealed class TargetSources(TargetPorts[] each, int first)
{
    private int _next = first % each.Length;

    /// <summary>The ports of the next address. One without a free port is passed, unless all are.</summary>
    public TargetPorts Next()
    {
        for (var passed = 1; passed < each.Length && each[_next].IsUsedUp; passed++)
        {
            Advance();
        }

        var ports = each[_next];
        Advance();
        return ports;
    }

    private void Advance() => _next = _next + 1 < each.Length ? _next + 1 : 0;
}
