using ActorLoad.Configuration;
using ActorLoad.Hosting.Exporters;
using Xunit;

namespace ActorLoad.Hosting.Tests.Exporters;

/// <summary>OpenTelemetry's variables, and what is said of wrong ones.</summary>
public class OtlpSettingsSpecs
{
    [Theory]
    [InlineData("")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL=grpc")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://h:1;OTEL_SDK_DISABLED=True")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=no URL;OTEL_SDK_DISABLED=true")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://h:1;OTEL_METRICS_EXPORTER=none")]
    public void Nothing_is_exported_unless_a_collector_is_named(string variables) => Assert.Null(Read(variables));

    [Fact]
    public void Variable_for_metrics_comes_before_the_one_for_all_signals()
    {
        var settings = Read("OTEL_EXPORTER_OTLP_ENDPOINT=http://all:1;OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://u:p@metrics:2/x?key=s")!;

        Assert.Equal(("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", true, "https://metrics:2/x"), (settings.Variable, settings.IsOfMetrics, settings.Shown));
    }

    [Fact]
    public void Times_and_forms_are_those_of_the_variables()
    {
        var settings = Read("""
            OTEL_EXPORTER_OTLP_ENDPOINT=http://h:1;OTEL_METRIC_EXPORT_INTERVAL=500;OTEL_EXPORTER_OTLP_METRICS_TIMEOUT=700;OTEL_SDK_DISABLED=no;
            OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta;OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=explicit_bucket_histogram
            """)!;

        Assert.Equal((TimeSpan.FromMilliseconds(500), 700, true, false),
            (settings.Interval, settings.TimeoutMillis, settings.IsDelta, settings.IsExponential));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", "is not the URL of a collector; set http://HOST:4317 for grpc, ")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "/v1/metrics", "is not the URL of a collector; set ")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "ftp://h", "is not the URL of a collector; set ")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "is \"http/json\", which ActorLoad does not know; set grpc or http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "HTTP", "is \"HTTP\", which ActorLoad does not know; set grpc or http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "zip", "set none or gzip, or unset it")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "secret", "is not a list of headers; set NAME=VALUE,NAME=VALUE, or unset it")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "is \"10s\", which is no time; set whole milliseconds, 1 or more, or unset it")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "0", "is \"0\", which is no time")]
    [InlineData("OTEL_METRICS_EXPORTER", "statsd", "has \"statsd\", which ActorLoad does not know; set otlp, prometheus, console, none")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "lowmemory", "set cumulative or delta, or unset it")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "hdr", "set explicit_bucket_histogram or base2_")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/file.pem", "names /no/file.pem, which is no file; name a PEM file, or unset it")]
    public void Wrong_value_is_an_error_that_names_variable_and_remedy(string name, string value, string sentence)
    {
        var error = Assert.Single(Assert.Throws<SettingsException>(() => Read($"OTEL_EXPORTER_OTLP_ENDPOINT=http://h:1;{name}={value}")).Errors);

        Assert.Equal(name, error.Source);
        Assert.Contains(sentence, error.ToString());
    }

    [Fact]
    public void All_wrong_values_are_told_at_once() => Assert.Equal(
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"],
        Assert.Throws<SettingsException>(() => Read("OTEL_EXPORTER_OTLP_ENDPOINT=foo;OTEL_EXPORTER_OTLP_PROTOCOL=bar")).Errors.Select(error => error.Source));

    [Theory]
    [InlineData("System.Net.Http.HttpRequestException: Connection refused (127.0.0.1:1)\n ---> System.Net", "Connection refused (127.0.0.1:1)")]
    [InlineData("System.IO.IOException: it broke. ---> System.Exception: inner", "it broke")]
    [InlineData("Unavailable: no server", "Unavailable: no server")]
    public void Trouble_is_told_without_types_and_stacks(string text, string sentence) => Assert.Equal(sentence, OtlpTroubles.Sentence(text));

    private static OtlpSettings? Read(string variables)
    {
        var values = variables.ReplaceLineEndings("").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).GroupBy(pair => pair[0]).ToDictionary(pairs => pairs.Key, pairs => pairs.Last()[1]);
        return OtlpSettings.Read(name => values.GetValueOrDefault(name));
    }
}
