using ActorLoad.Load;

namespace ActorLoad.Configuration;

/// <summary>Refuses a stranger's run if its plan alone takes longer than the daemon allows. Retries and hanging servers make a run longer
/// still; the daemon's own limit (<c>daemon.max-duration</c>) stops such a run. Also refuses Unix sockets that the daemon does not
/// allow: any program of this machine may listen there.</summary>
internal static class StrangerPlan
{
    /// <summary>Throws <see cref="SettingsException"/> if the plan is too long, or a Unix socket is not allowed.</summary>
    public static void Check(RunSettings settings, string source, TimeSpan limit, SafetySettings safety)
    {
        foreach (var (index, text) in settings.Target.Endpoints.Index())
        {
            if (TargetEndpoint.TryParse(text, out var endpoint, out _) && endpoint.Path is { } path && !safety.AllowedPaths.Contains(path))
                throw new SettingsException([new SettingsError(
                    source, null, $"target.endpoints[{index}]", $"{ShownText.Quote(text)} is not an allowed target",
                    "a Unix socket that the daemon's own safety.allowed-targets names")]);
        }

        var shortest = settings.Fleets.Max(fleet => RunPlan.Create(fleet.Load).Shortest(fleet.Connection.Hold))
            + (settings.Observers.Bystander?.Before ?? TimeSpan.Zero);
        if (settings.Deadline > TimeSpan.Zero && settings.Deadline < shortest)
            shortest = settings.Deadline;
        if (shortest > limit)
            throw new SettingsException([new SettingsError(
                source, null, "load", $"the run takes {UnitText.Show(shortest)} or longer, more than this daemon allows",
                $"at most {UnitText.Show(limit)} (daemon.max-duration): fewer bursts, a shorter duration, gap or hold, "
                + "or a run.deadline")]);
    }
}
