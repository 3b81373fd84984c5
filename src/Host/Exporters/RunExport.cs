using System.Runtime.CompilerServices;

namespace ActorLoad.Hosting.Exporters;

/// <summary>What a process of one run exports. Without a collector there is none, and OpenTelemetry is not loaded.</summary>
internal sealed class RunExport : IDisposable
{
    private static readonly TimeSpan DeliveryMayTake = TimeSpan.FromSeconds(2);

    private readonly LoadMeter _meter = new();
    private readonly OtlpPush _push;

    private RunExport(OtlpSettings settings, string runId) => (_push, Run) = (new OtlpPush(settings, runId), _meter.Follow(runId));

    /// <summary>Its feed.</summary>
    public RunMeter Run { get; }

    /// <summary>The export of a run; null if no collector is asked for.</summary>
    public static RunExport? Begin(OtlpSettings? settings, string runId) => settings is null ? null : Create(settings, runId);

    /// <summary>Delivers the end of the run, as far as the collector answers in time.</summary>
    public Task EndAsync() => _push.EndAsync(DeliveryMayTake);

    public void Dispose()
    {
        _push.Dispose();
        _meter.Dispose();
    }

    // Its own method: the runtime loads the packages when it compiles it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RunExport Create(OtlpSettings settings, string runId) => new(settings, runId);
}
