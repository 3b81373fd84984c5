using ActorLoad.Configuration;

namespace ActorLoad.Runs;

/// <summary>Finds the endpoints of a run before it begins: resolves names, asks clusters for their nodes, and checks what connections need
/// to reach them.</summary>
public static class TargetFinder
{
    /// <summary>The target, allowed and resolved. Throws a <see cref="SettingsException"/> with what is wrong with it. Opens connections
    /// only to clusters.</summary>
    public static async Task<ResolvedTarget> FindAsync(RunSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        var given = await TargetResolver.ResolveAsync(settings.Target, settings.Safety, time, cancellation).ConfigureAwait(false);
        var target = await ClusterDiscovery.FindAsync(settings, given, time, cancellation).ConfigureAwait(false);
        SourceCheck.Check(settings, target.Endpoints);
        return target;
    }
}
