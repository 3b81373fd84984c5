using System.Globalization;
using Google.Protobuf;

namespace ActorLoad.Peers.Exporters;

/// <summary>One request of an exporter.</summary>
/// <param name="Path">Where it was posted.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Resource">Who sent it.</param>
/// <param name="Points">All points.</param>
public sealed record OtlpDelivery(
    string Path, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Resource, IReadOnlyList<OtlpPoint> Points)
{
    // Numbers of fields: opentelemetry/proto/metrics/v1/metrics.proto.
    private const int ExponentialHistogram = 10;

    /// <summary>Reads an <c>ExportMetricsServiceRequest</c>.</summary>
    public static OtlpDelivery Read(string path, IReadOnlyDictionary<string, string> headers, byte[] body)
    {
        var resource = new Dictionary<string, string>();
        var points = new List<OtlpPoint>();
        foreach (var ofResource in Fields(body).Where(field => field.Number == 1))
        {
            foreach (var (number, bytes, _) in Fields(ofResource.Bytes))
            {
                if (number == 1)
                {
                    Attributes(Fields(bytes), 1, resource);
                }
                else if (number == 2)
                {
                    points.AddRange(Fields(bytes).Where(field => field.Number == 2).SelectMany(metric => OfMetric(metric.Bytes)));
                }
            }
        }

        return new OtlpDelivery(path, headers, resource, points);
    }

    private static IEnumerable<OtlpPoint> OfMetric(byte[] metric)
    {
        var fields = Fields(metric);
        var name = fields.First(field => field.Number == 1).Bytes;
        var unit = fields.FirstOrDefault(field => field.Number == 3).Bytes ?? [];
        return fields.Where(field => field.Number is 5 or 7 or 9 or ExponentialHistogram).SelectMany(data => Fields(data.Bytes)
            .Where(field => field.Number == 1)
            .Select(point => OfPoint(point.Bytes, data.Number == ExponentialHistogram) with { Metric = Text(name), Unit = Text(unit) }));
    }

    private static OtlpPoint OfPoint(byte[] bytes, bool isExponential)
    {
        var fields = Fields(bytes);
        var attributes = new Dictionary<string, string>();
        Attributes(fields, isExponential ? 1 : 7, attributes);
        var point = new OtlpPoint("", "", attributes);
        if (!isExponential)
        {
            var value = fields.FirstOrDefault(field => field.Number is 4 or 6);
            return point with { Value = value.Number == 4 ? BitConverter.Int64BitsToDouble(value.Word) : value.Word };
        }

        var buckets = Fields(fields.FirstOrDefault(field => field.Number == 8).Bytes ?? []);
        return point with
        {
            Value = BitConverter.Int64BitsToDouble(fields.FirstOrDefault(field => field.Number == 5).Word),
            Count = fields.First(field => field.Number == 4).Word,
            Scale = Signed(fields.FirstOrDefault(field => field.Number == 6).Word),
            Offset = Signed(buckets.FirstOrDefault(field => field.Number == 1).Word),
            Buckets = [.. Words(buckets.FirstOrDefault(field => field.Number == 2).Bytes ?? [])],
        };
    }

    private static void Attributes(
        IEnumerable<(int Number, byte[] Bytes, long Word)> fields, int number, Dictionary<string, string> attributes)
    {
        foreach (var pair in fields.Where(field => field.Number == number).Select(field => Fields(field.Bytes)))
        {
            var value = Fields(pair.First(field => field.Number == 2).Bytes).FirstOrDefault();
            attributes[Text(pair.First(field => field.Number == 1).Bytes)] =
                value.Bytes is { } text ? Text(text) : value.Word.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static List<(int Number, byte[] Bytes, long Word)> Fields(byte[] message)
    {
        var fields = new List<(int, byte[], long)>();
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.LengthDelimited => (number, input.ReadBytes().ToByteArray(), 0),
                WireFormat.WireType.Fixed64 => (number, null!, (long)input.ReadFixed64()),
                WireFormat.WireType.Fixed32 => (number, null!, input.ReadFixed32()),
                _ => (number, null!, input.ReadInt64()),
            });
        }

        return fields;
    }

    private static IEnumerable<long> Words(byte[] packed)
    {
        var input = new CodedInputStream(packed);
        while (!input.IsAtEnd)
        {
            yield return input.ReadInt64();
        }
    }

    private static int Signed(long zigZag) => (int)((zigZag >> 1) ^ -(zigZag & 1));

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}

/// <summary>A point of a metric: a number, or an exponential histogram.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Attributes">Its attributes.</param>
public sealed record OtlpPoint(string Metric, string Unit, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>The number; the sum of a histogram.</summary>
    public double Value { get; init; }

    /// <summary>Values in a histogram.</summary>
    public long Count { get; init; }

    /// <summary>Each bucket ends at 2^(2^-scale) times its begin.</summary>
    public int Scale { get; init; }

    /// <summary>Number of the first bucket.</summary>
    public int Offset { get; init; }

    /// <summary>The counts of the buckets.</summary>
    public IReadOnlyList<long> Buckets { get; init; } = [];

    /// <summary>The upper end of the bucket that holds this percentile (0 to 1).</summary>
    public double Percentile(double fraction)
    {
        var rank = Math.Max(1, (long)((fraction * Count) + 0.5));
        var seen = 0L;
        var index = 0;
        while ((seen += Buckets[index]) < rank)
        {
            index++;
        }

        return Math.Pow(2, (Offset + index + 1) / Math.Pow(2, Scale));
    }
}
