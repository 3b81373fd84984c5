using ActorLoad.Configuration;
using ActorLoad.Runs;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;

namespace ActorLoad.Hosting.Targets;

/// <summary>What must hold on this machine before a run is begun, whoever asked for it.</summary>
internal static class Preflight
{
    /// <summary>The target of a run, allowed and resolved; a <see cref="SettingsException"/> if the run cannot be carried out here.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="report">Takes what goes wrong with an embedded server later on.</param>
    /// <param name="cancellation">Ends the resolution of names.</param>
    public static async Task<ITarget> PrepareAsync(RunSettings settings, Action<string> report, CancellationToken cancellation)
    {
        try
        {
            TransportChoice.Make(settings.Transport, automatic: 1);
        }
        catch (RingUnavailableException unavailable)
        {
            throw new SettingsException(
                [new SettingsError("this machine", null, "transport.kind", unavailable.Message, "auto takes what there is; sockets runs everywhere")]);
        }

        return settings.Target.IsEmbedded
            ? new EmbeddedTarget(report)
            : await TargetResolver.ResolveAsync(settings.Target, settings.Safety, TimeProvider.System, cancellation);
    }
}
