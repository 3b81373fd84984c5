using ActorLoad.Configuration;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Targets;

/// <summary>Checks this machine before a run begins, for every kind of caller.</summary>
internal static class Preflight
{
    /// <summary>The target of a run, allowed and resolved. Throws a <see cref="SettingsException"/> if the run cannot be carried out
    /// here.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="report">Gets later problems of an embedded server.</param>
    /// <param name="time">Measures the name look-up.</param>
    /// <param name="cancellation">Ends the name look-up.</param>
    public static async Task<ITarget> PrepareAsync(
        RunSettings settings, Action<string> report, TimeProvider time, CancellationToken cancellation)
    {
        MachineCheck.Check(settings);
        if (settings.Target.IsEmbedded)
        {
            SourceCheck.Check(settings, []);
            return new EmbeddedTarget(report);
        }

        var target = await TargetFinder.FindAsync(settings, time, cancellation);
        ThresholdTargets.Check(settings.Thresholds, target);
        return target;
    }
}
