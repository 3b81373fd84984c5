using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;

namespace ActorLoad.Runs;

/// <summary>The JSON of results and of the journal: camelCase members, kebab-case words, always valid. Reading is strict: a missing or
/// mistyped member is a <see cref="JsonException"/>; unknown members are ignored.</summary>
public static class RunResultJson
{
    private static readonly ResultJsonContext Indented = Context(indented: true);
    private static readonly ResultJsonContext Compact = Context(indented: false);

    /// <summary>The content of <c>result.json</c>, indented.</summary>
    public static string Serialize(RunResult result) => ForeignText.ShownJson(JsonSerializer.Serialize(result, Indented.RunResult));

    /// <summary>A snapshot on one line without its end: an entry of the journal.</summary>
    public static string Serialize(RunSnapshot snapshot) => ForeignText.ShownJson(JsonSerializer.Serialize(snapshot, Compact.RunSnapshot));

    /// <summary>Reads a <c>result.json</c>.</summary>
    public static RunResult Parse(string json) => Read(json, Indented.RunResult);

    /// <summary>Reads a line of the journal; a truncated line is a <see cref="JsonException"/>.</summary>
    public static RunSnapshot ParseSnapshot(string line) => Read(line, Compact.RunSnapshot);

    /// <summary>The same line as UTF-8.</summary>
    public static RunSnapshot ParseSnapshot(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, Compact.RunSnapshot) ?? throw new JsonException($"null is not a {nameof(RunSnapshot)}");

    private static T Read<T>(string json, JsonTypeInfo<T> type)
        where T : class => JsonSerializer.Deserialize(json, type) ?? throw new JsonException($"null is not a {typeof(T).Name}");

    private static ResultJsonContext Context(bool indented) => new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = indented,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters =
        {
            new VerdictConverter(), new FiniteDoubleConverter(), new JsonStringEnumConverter<Severity>(JsonNamingPolicy.KebabCaseLower),
            new JsonStringEnumConverter<RemedyHost>(JsonNamingPolicy.KebabCaseLower),
            new JsonStringEnumConverter<MetricUnit>(JsonNamingPolicy.KebabCaseLower),
        },
        // "total.p99 < 250ms" stays readable; code that puts it into HTML must escape it.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private sealed class VerdictConverter() : JsonStringEnumConverter<Verdict>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);

    /// <summary>Writes NaN and infinity, which JSON does not have, as null, and reads them back as NaN. So one odd number does not spoil
    /// the whole result.</summary>
    private sealed class FiniteDoubleConverter : JsonConverter<double>
    {
        public override bool HandleNull => true;

        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}

/// <summary>Generated at build time, because reflection would cost a short command a second.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(RunSnapshot))]
internal sealed partial class ResultJsonContext : JsonSerializerContext;
