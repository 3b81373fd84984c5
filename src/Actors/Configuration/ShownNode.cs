using ActorLoad.Configuration.Hocon;

namespace ActorLoad.Configuration;

/// <summary>Names a value in an error.</summary>
internal static class ShownNode
{
    /// <summary>The kind of a value.</summary>
    public static string Kind(HoconNode node) => node switch
    {
        HoconArray => "a list",
        HoconObject => "an object",
        HoconScalar { Quoted: false, Text: "null" } => "null",
        _ => "a single value",
    };
}
