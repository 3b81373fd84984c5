using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>
/// Finds absences of one endpoint: from the first failure after an established connection to the last failure before the next one.
/// An absence needs a failed connect: an endpoint that only ends connections is not absent.
/// </summary>
/// <param name="endpoint">Address and port.</param>
internal sealed class AbsenceWatch(string endpoint)
{
    private long _first;
    private long _last;
    private bool _failsToConnect;

    /// <summary>Notes an established connection. If the endpoint was absent, returns true and the absence.</summary>
    public bool TryEnd(out long first, out long last)
    {
        var wasAbsent = IsAbsent(out first, out last);
        (_first, _last, _failsToConnect) = (0, 0, false);
        return wasAbsent;
    }

    /// <summary>Notes an attempt that failed at the time stamp <paramref name="at"/>.</summary>
    public void Fail(long at, bool isConnect)
    {
        _first = _first == 0 ? at : Math.Min(_first, at);
        _last = Math.Max(_last, at);
        _failsToConnect |= isConnect;
    }

    /// <summary>True while the endpoint takes no connection; with its first and last failure.</summary>
    public bool IsAbsent(out long first, out long last)
    {
        (first, last) = (_first, _last);
        return _failsToConnect;
    }

    /// <summary>The absence for a tally, in seconds of the run.</summary>
    public Absence Tell(long first, long last, Func<long, double> seconds) => new(endpoint, seconds(first), seconds(last));
}
