using ActorLoad.Hosting.Exporters;
using OpenTelemetry.Metrics;

namespace ActorLoad.Hosting.Daemon;

/// <summary>The exporters of the daemon: <c>/metrics</c> for Prometheus, and a collector if OpenTelemetry's variables name one.</summary>
internal static class DaemonExport
{
    public const string Path = "/metrics";

    /// <summary>Adds the meter and what reads it.</summary>
    /// <param name="builder">The daemon's builder.</param>
    /// <param name="isDisabled">True if OpenTelemetry is switched off.</param>
    public static void AddExporters(this WebApplicationBuilder builder, bool isDisabled)
    {
        builder.Services.AddSingleton<LoadMeter>();
        if (!isDisabled)
        {
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .SetResourceBuilder(ExportResource.Of(runId: null))
                .AddMeter(LoadMeter.Name)
                .AddView(HistogramViews.Classic)
                .SetExemplarFilter(ExemplarFilterType.AlwaysOff)
                .AddPrometheusExporter(prometheus =>
                {
                    prometheus.ScopeInfoEnabled = false; // all metrics are of one scope
                    prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
                }));
        }
    }

    /// <summary>Serves <see cref="Path"/>.</summary>
    public static void MapExporters(this WebApplication app, bool isDisabled)
    {
        if (isDisabled)
        {
            app.MapGet(Path, () => Problems.Of(
                StatusCodes.Status404NotFound, $"{OtlpSettings.SdkDisabled} is true: unset it and start the daemon again to have metrics"));
            return;
        }

        app.MapPrometheusScrapingEndpoint(Path);
    }
}
