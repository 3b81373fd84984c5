using ActorLoad.Hosting.Terminal;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace ActorLoad.Hosting.Exporters;

/// <summary>Delivers the meter to a collector over OTLP: at each interval, and at the end. A collector that cannot be reached costs one
/// line on stderr.</summary>
internal sealed class OtlpPush : IDisposable
{
    private readonly OtlpSettings _settings;
    private readonly OtlpTroubles _troubles = new();
    private readonly MeterProvider _provider;
    private int _complaints;

    /// <param name="settings">What to deliver, and where.</param>
    /// <param name="runId">The run, if the process carries out only one.</param>
    public OtlpPush(OtlpSettings settings, string? runId)
    {
        _settings = settings;
        var options = new OtlpExporterOptions(); // reads the variables for all signals
        if (settings.IsOfMetrics)
        {
            options.Endpoint = settings.Endpoint;
        }

        options.Protocol = settings.Protocol is { } protocol ? ProtocolOf(protocol) : options.Protocol;
        options.Headers = settings.Headers ?? options.Headers;
        options.TimeoutMilliseconds = settings.TimeoutMillis ?? options.TimeoutMilliseconds;
        options.Compression = settings.Compression is { } compression
            ? Enum.Parse<OtlpExportCompression>(compression, ignoreCase: true) : options.Compression;
        var reader = new PeriodicExportingMetricReader(
            new WatchedExporter(options, Complain), (int)settings.Interval.TotalMilliseconds, (int)settings.Timeout.TotalMilliseconds)
        {
            TemporalityPreference = settings.IsDelta
                ? MetricReaderTemporalityPreference.Delta : MetricReaderTemporalityPreference.Cumulative,
        };
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ExportResource.Of(runId))
            .AddMeter(LoadMeter.Name)
            .AddView(settings.IsExponential ? HistogramViews.Exponential : HistogramViews.Classic)
            .SetExemplarFilter(ExemplarFilterType.AlwaysOff)
            .AddReader(reader)
            .Build();
    }

    /// <summary>Delivers once more, and ends. Takes at most <paramref name="limit"/>.</summary>
    public async Task EndAsync(TimeSpan limit)
    {
        // A thread of its own: the library waits for the collector.
        var shutdown = Task.Factory.StartNew(
            () => _provider.Shutdown((int)limit.TotalMilliseconds), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        if (await Task.WhenAny(shutdown, Task.Delay(limit)) != shutdown)
        {
            Complain($"it took longer than {limit.TotalSeconds:0.#} s");
        }
    }

    public void Dispose()
    {
        // Not the provider: to dispose it would wait for the collector again, and after its shutdown nothing is left to free.
        _troubles.Dispose();
    }

    private static OtlpExportProtocol ProtocolOf(string word) => word == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;

    private void Complain(string? reason)
    {
        if (Interlocked.Exchange(ref _complaints, 1) == 0)
        {
            var why = reason ?? _troubles.Last ?? "the library gives no reason";
            ErrorLines.Write(
                $"actorload: metrics do not reach the collector at {_settings.Shown} ({_settings.Variable}): {why}; "
                + "the run goes on, and its own results are complete");
        }
    }

    /// <summary>Tells when a delivery fails, which the library itself tells nobody.</summary>
    private sealed class WatchedExporter(OtlpExporterOptions options, Action<string?> failed) : OtlpMetricExporter(options)
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            var result = base.Export(batch);
            if (result != ExportResult.Success)
            {
                failed(null);
            }

            return result;
        }
    }
}
