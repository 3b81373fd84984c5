using System.Text.Json;

namespace ActorLoad.Metrics;

/// <summary>The words of enumerations in run files and results.</summary>
public static class EnumWords
{
    /// <summary>The name in kebab case: <c>connect-timeout</c>.</summary>
    public static string Word<T>(this T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
