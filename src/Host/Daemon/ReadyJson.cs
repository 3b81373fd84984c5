using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorLoad.Hosting.Daemon;

/// <summary>JSON that has been made already: an answer holds it as it is.</summary>
[JsonConverter(typeof(Writer))]
internal sealed record ReadyJson(string Json)
{
    private sealed class Writer : JsonConverter<ReadyJson>
    {
        public override ReadyJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, ReadyJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Json);
    }
}
