using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>Watches one endpoint for times in which it takes no connection: from the first failure after an established connection to the last before the
/// next one. Failures without a connect that failed among them are none: then it only ended connections.</summary>
/// <param name="endpoint">Address and port.</param>
internal sealed class AbsenceWatch(string endpoint)
{
    private long _first;
    private long _last;
    private bool _failsToConnect;

    /// <summary>A connection to it is established: if it was absent, it is back, and this is when it was not there.</summary>
    public bool TryEnd(out long first, out long last)
    {
        var wasAbsent = IsAbsent(out first, out last);
        (_first, _last, _failsToConnect) = (0, 0, false);
        return wasAbsent;
    }

    /// <summary>An attempt failed at the time stamp <paramref name="at"/>.</summary>
    public void Fail(long at, bool isConnect)
    {
        _first = _first == 0 ? at : Math.Min(_first, at);
        _last = Math.Max(_last, at);
        _failsToConnect |= isConnect;
    }

    /// <summary>True while it takes no connection, and since when.</summary>
    public bool IsAbsent(out long first, out long last)
    {
        (first, last) = (_first, _last);
        return _failsToConnect;
    }

    /// <summary>As others may read it; time stamps become seconds of the run.</summary>
    public Absence Tell(long first, long last, Func<long, double> seconds) => new(endpoint, seconds(first), seconds(last));
}
