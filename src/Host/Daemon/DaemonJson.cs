using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorLoad.Hosting.Daemon;

/// <summary>How the daemon writes JSON: camelCase, and the words of DESIGN for enumerations.</summary>
internal static class DaemonJson
{
    /// <summary>For what is written outside an answer of the framework.</summary>
    public static JsonSerializerOptions Options { get; } = With(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Adds the daemon's words to the framework's options.</summary>
    public static JsonSerializerOptions With(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        return options;
    }
}
