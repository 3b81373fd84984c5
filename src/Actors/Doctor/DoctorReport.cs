using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;

namespace ActorLoad.Doctor;

/// <summary>What <c>actorload doctor --json</c> prints.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="State">The gravest that a check came to: <c>ok</c>, <c>warn</c> or <c>fail</c>.</param>
/// <param name="Endpoints">The target as the run file names it.</param>
/// <param name="Addresses">Where connections would go; empty if the target is embedded.</param>
/// <param name="Needs">What the run needs.</param>
/// <param name="Checks">Each thing that was looked at.</param>
public sealed record DoctorReport(
    int SchemaVersion, CheckState State, IReadOnlyList<string> Endpoints, IReadOnlyList<string> Addresses, RunNeeds Needs, IReadOnlyList<Check> Checks)
{
    /// <summary>Names with addresses that the run would not storm; absent if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<UnusedAddresses>? Unused { get; init; }

    private static readonly DoctorJsonContext Json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter<CheckState>(JsonNamingPolicy.KebabCaseLower), new JsonStringEnumConverter<RemedyHost>(JsonNamingPolicy.KebabCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // commands stay readable
    });

    /// <summary>The report on these checks; what cannot be seen is no fault.</summary>
    public static DoctorReport Of(IReadOnlyList<string> endpoints, IReadOnlyList<string> addresses, RunNeeds needs, IReadOnlyList<Check> checks) => new(
        1, checks.Select(check => check.State).Where(state => state != CheckState.Unseen).Append(CheckState.Ok).Max(), endpoints, addresses, needs, checks);

    /// <summary>As JSON, indented.</summary>
    public string ToJson() => ForeignText.ShownJson(JsonSerializer.Serialize(this, Json.DoctorReport));

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static DoctorReport Parse(string json) => JsonSerializer.Deserialize(json, Json.DoctorReport) ?? throw new JsonException("null is no report");
}

/// <summary>Generated at build time, as that of results.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJsonContext : JsonSerializerContext;
