namespace ActorLoad.Metrics;

/// <summary>Invariants of every tally since the start.</summary>
internal static class TallyInvariants
{
    /// <summary>The first broken invariant with its numbers; null if all hold.</summary>
    /// <param name="tally">All counts since the start.</param>
    /// <param name="ended">True after the run: no connection may be open.</param>
    public static string? Broken(Tally tally, bool ended)
    {
        if (tally.Planned != tally.Uses + tally.Dropped)
        {
            return $"planned = {Started(tally)} + dropped: {tally.Planned} is not {tally.Uses} + {tally.Dropped}";
        }

        if (tally.Reused < 0 || tally.Pool is { Idle: < 0 } or { Replaced: < 0 })
        {
            return $"uses = opened + reused: {tally.Reused} reused, {tally.Pool!.Idle} idle, {tally.Pool.Replaced} replaced";
        }

        if (tally.Open < 0)
        {
            return $"{Started(tally)} = sum(outcomes) + open: {tally.Ended} ended, but only {tally.Uses} were {Started(tally)}";
        }

        if (tally.Attempts != tally.Opened + tally.Retries)
        {
            return $"attempts = opened + retries: {tally.Attempts} is not {tally.Opened} + {tally.Retries}";
        }

        if (tally.Connected < 0 || tally.Waiting < 0 || tally.Connected + tally.Waiting > tally.Open)
        {
            return $"connected + waiting <= open: {tally.Connected} and {tally.Waiting} of {tally.Open}";
        }

        if (tally.Answered > tally.Established || tally.Established > tally.Attempts)
        {
            return $"answered <= established <= attempts: {tally.Answered}, {tally.Established}, {tally.Attempts}";
        }

        return !ended ? null
            : tally.Open != 0 ? $"open = 0 after a run: {tally.Open} are open"
            : tally.Pool is { Idle: not 0 and var idle } ? $"idle = 0 after a run: {idle} are idle" : null;
    }

    // Without a pool each use opens a connection.
    private static string Started(Tally tally) => tally.Pool is null ? "opened" : "uses";
}
