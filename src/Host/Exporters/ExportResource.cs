using OpenTelemetry.Resources;

namespace ActorLoad.Hosting.Exporters;

/// <summary>Says who exports.</summary>
internal static class ExportResource
{
    /// <param name="runId">The run, if the process carries out only one.</param>
    public static ResourceBuilder Of(string? runId)
    {
        var version = typeof(ExportResource).Assembly.GetName().Version?.ToString(3);
        var builder = ResourceBuilder.CreateEmpty().AddService("actorload", serviceVersion: version).AddTelemetrySdk();
        if (runId is not null)
        {
            builder.AddAttributes([new(LoadMetric.RunIdOf, runId)]);
        }

        return builder.AddEnvironmentVariableDetector(); // last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win
    }
}
