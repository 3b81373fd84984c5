namespace ActorLoad.Observers.Server;

/// <summary>Tells by two readings whether they are of the same process.</summary>
/// <param name="Last">The earlier reading.</param>
/// <param name="LastAt">When it was taken, in seconds.</param>
internal sealed record ServerIdentity(ServerReading Last, double LastAt)
{
    // The uptime is in whole seconds, and a reply may be late.
    private const double UptimeSlack = 3;

    /// <summary>True if another server answers now, and was up before the last one answered: it has not taken the place of the last
    /// one.</summary>
    public bool IsBeside(ServerReading now, double at) => Last.RunId is { } last
        && now is { RunId: { } other, UptimeSeconds: { } uptime } && last != other && uptime > at - LastAt + UptimeSlack;

    /// <summary>True if another process answers now. Where the server does not tell who it is, <paramref name="hasFallen"/> decides: a
    /// counter is less than it was.</summary>
    public bool IsAnother(ServerReading now, double at, bool hasFallen)
    {
        if (Last.RunId is not null && now.RunId is not null)
        {
            return Last.RunId != now.RunId;
        }

        if (Last.ProcessId is not null && now.ProcessId is not null && Last.ProcessId != now.ProcessId)
        {
            return true;
        }

        return Last.UptimeSeconds is { } before && now.UptimeSeconds is { } after
            ? after < before || at - after - (LastAt - before) > UptimeSlack
            : Last.ProcessId is null && hasFallen;
    }
}
