using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorLoad.Metrics;

namespace ActorLoad.Monitoring;

/// <summary>The JSON of a monitor: one object per line, <c>kind</c> first.</summary>
public static class MonitorJson
{
    private static readonly MonitorJsonContext _context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>One line, without its end.</summary>
    public static string Serialize(MonitorEntry entry) => ForeignText.ShownJson(JsonSerializer.Serialize(entry, _context.MonitorEntry));

    /// <summary>Reads a line; throws <see cref="JsonException"/> for other text.</summary>
    public static MonitorEntry Parse(string line) =>
        JsonSerializer.Deserialize(line, _context.MonitorEntry) ?? throw new JsonException("null is no line of a monitor");
}

/// <summary>Generated at build time, as for results.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(MonitorEntry))]
internal sealed partial class MonitorJsonContext : JsonSerializerContext;
