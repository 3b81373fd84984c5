using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorLoad.Configuration;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Journal;

/// <summary>The content of <c>run.json</c>: the facts that are known before the result.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Id">The run.</param>
/// <param name="QueuedAt">When it was queued.</param>
/// <param name="StartedAt">When its first burst was scheduled; null while it waits.</param>
/// <param name="Configuration">Merged, secrets masked.</param>
/// <param name="Target">The target; null while the run waits.</param>
/// <param name="Transport">The transport; null while the run waits.</param>
/// <param name="Error">Why it will never have a result; else null.</param>
internal sealed record RunHeader(
    int SchemaVersion, string Id, DateTimeOffset QueuedAt, DateTimeOffset? StartedAt, JsonObject Configuration,
    TargetInfo? Target, TransportInfo? Transport, string? Error)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The header of a newly queued run.</summary>
    public static RunHeader Queued(string id, DateTimeOffset at, RunSettings settings) =>
        new(1, id, at, null, settings.Configuration, null, null, null);

    /// <summary>Reads a header; throws <see cref="JsonException"/> if it is not one.</summary>
    public static RunHeader Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<RunHeader>(json, Options) is { Id: not null, Configuration: not null } header
        && header.Target is null or { Endpoints: not null, Addresses: not null }
        && header.Transport is null or { Kind: not null, Reason: not null }
            ? Whole(header)
            : throw new JsonException(
                "a run header needs its run and configuration, and a complete target and transport if it has them");

    // The configuration is parsed only on demand, and may hold half a character.
    private static RunHeader Whole(RunHeader header)
    {
        try
        {
            header.ToJson();
            return header;
        }
        catch (Exception cause) when (cause is InvalidOperationException or ArgumentException)
        {
            throw new JsonException("the configuration in a run header is damaged", cause);
        }
    }

    /// <summary>As UTF-8 JSON.</summary>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(ForeignText.ShownJson(JsonSerializer.Serialize(this, Options)));
}
