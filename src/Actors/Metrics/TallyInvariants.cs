namespace ActorLoad.Metrics;

/// <summary>Invariants of every tally since the start.</summary>
internal static class TallyInvariants
{
    /// <summary>The first broken invariant with its numbers; null if all hold.</summary>
    /// <param name="tally">All counts since the start.</param>
    /// <param name="ended">True after the run: no connection may be open.</param>
    public static string? Broken(Tally tally, bool ended)
    {
        if (tally.Planned != tally.Opened + tally.Dropped)
        {
            return $"planned = opened + dropped: {tally.Planned} is not {tally.Opened} + {tally.Dropped}";
        }

        if (tally.Open < 0)
        {
            return $"opened = sum(outcomes) + open: {tally.Ended} ended, but only {tally.Opened} were opened";
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

        return ended && tally.Open != 0 ? $"open = 0 after a run: {tally.Open} are open" : null;
    }
}
