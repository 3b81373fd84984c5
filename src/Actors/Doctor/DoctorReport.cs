using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;

namespace ActorLoad.Doctor;

/// <summary>The output of <c>actorload doctor --json</c>.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="State">The worst result: <c>ok</c>, <c>warn</c> or <c>fail</c>.</param>
/// <param name="Endpoints">The target as the run file names it.</param>
/// <param name="Addresses">Where connections would go; empty if the target is embedded.</param>
/// <param name="Needs">The needs of the run.</param>
/// <param name="Checks">All checks.</param>
public sealed record DoctorReport(
    int SchemaVersion, CheckState State, IReadOnlyList<string> Endpoints, IReadOnlyList<string> Addresses, RunNeeds Needs,
    IReadOnlyList<Check> Checks)
{
    /// <summary>Names with further addresses that the run would not storm; absent without any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<UnusedAddresses>? Unused { get; init; }

    private static readonly DoctorJsonContext Json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters =
        {
            new JsonStringEnumConverter<CheckState>(JsonNamingPolicy.KebabCaseLower),
            new JsonStringEnumConverter<RemedyHost>(JsonNamingPolicy.KebabCaseLower),
        },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // commands stay readable
    });

    /// <summary>The report of these checks. Unseen values are no fault.</summary>
    public static DoctorReport Of(
        IReadOnlyList<string> endpoints, IReadOnlyList<string> addresses, RunNeeds needs, IReadOnlyList<Check> checks)
    {
        var worst = checks.Select(check => check.State).Where(state => state != CheckState.Unseen).Append(CheckState.Ok).Max();
        return new DoctorReport(1, worst, endpoints, addresses, needs, checks);
    }

    /// <summary>As JSON, indented.</summary>
    public string ToJson() => ForeignText.ShownJson(JsonSerializer.Serialize(this, Json.DoctorReport));

    /// <summary>Reads the output of <see cref="ToJson"/>.</summary>
    public static DoctorReport Parse(string json) =>
        JsonSerializer.Deserialize(json, Json.DoctorReport) ?? throw new JsonException("null is no report");
}

/// <summary>Generated at build time, as for results.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJsonContext : JsonSerializerContext;
