using System.Diagnostics.Tracing;

namespace ActorLoad.Hosting.Exporters;

/// <summary>Keeps the newest trouble of the OTLP exporter, which tells reasons as events only.</summary>
internal sealed class OtlpTroubles : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private volatile string? _last;

    /// <summary>The newest, on one line; null if there was none.</summary>
    public string? Last => _last;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
        _last = eventData.Payload?.OfType<string>().LastOrDefault(text => text.Length > 0) is { } text
            ? Sentence(text) : eventData.EventName;

    /// <summary>The message of an exception in the form of <c>ToString</c>: <c>Type: message ---> inner</c>, then its stack.</summary>
    internal static string Sentence(string text)
    {
        var line = text.ReplaceLineEndings("\n").Split('\n')[0].Split(" ---> ")[0];
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        var isTyped = colon > 0 && line[..colon].EndsWith("Exception", StringComparison.Ordinal);
        return (isTyped ? line[(colon + 2)..] : line).TrimEnd('.');
    }
}
