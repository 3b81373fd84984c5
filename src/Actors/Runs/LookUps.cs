using System.Net;

namespace ActorLoad.Runs;

/// <summary>The look-ups for one target. Looks up each name once, even if several endpoints have it.</summary>
/// <param name="lookUp">Looks up a name.</param>
/// <param name="stop">Ends all.</param>
internal sealed class LookUps(Func<string, CancellationToken, Task<IPAddress[]>> lookUp, CancellationToken stop)
{
    private readonly Dictionary<string, Task<IPAddress[]>> _asked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The addresses of a name, as <see cref="NameLookUp.FindAsync"/> finds them. Not for several threads.</summary>
    public Task<IPAddress[]> FindAsync(string host)
    {
        if (!_asked.TryGetValue(host, out var answer))
        {
            _asked[host] = answer = lookUp(host, stop).WaitAsync(stop);
        }

        return answer;
    }
}
