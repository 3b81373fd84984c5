using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>The text of a report's JSON: indented, always valid, without invisible characters.</summary>
internal static class ReportJson
{
    // Nodes and a writer, because reflection would cost a short command a second.
    private static readonly JsonWriterOptions Indented =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text, without a line break at its end.</summary>
    public static string Text(JsonObject root)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Indented))
        {
            root.WriteTo(writer);
        }

        return ForeignText.ShownJson(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
