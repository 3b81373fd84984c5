using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Journal;

/// <summary>The text of <c>histograms.hlog</c>: HdrHistogram's log format, version 1.3, which its own tools read. The library's writer
/// is not used: it writes UTF-16, which those tools do not read, and its reader gives up at a torn line.</summary>
internal static class HistogramLog
{
    /// <summary>Begins the line that names the run.</summary>
    public const string OfRun = "#[ActorLoad run ";

    /// <summary>Begins the line that names the format.</summary>
    public const string Version = "#[Histogram log format version 1.";

    private const string Legend = "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"";
    private const int Cookie = 0x1c849304 | 0x10;
    private const int HeaderLength = 8;
    private const double MicrosPerMillisecond = 1_000;

    // Larger than any histogram of ours: an unpacked one has at most nine bytes for each slot.
    private const int Longest = 1 << 18;

    /// <summary>The lines before the first interval.</summary>
    public static string Preamble(RunHeader header)
    {
        var start = (header.StartedAt ?? header.QueuedAt).ToUniversalTime();
        var seconds = Seconds(start.ToUnixTimeMilliseconds() / 1000.0);
        return $"""
            {OfRun}{header.Id}: microseconds, Interval_Max in milliseconds; a tag is a step, with failed- if its connections failed]
            {Version}3]
            #[StartTime: {seconds} (seconds since epoch), {start:O}]
            #[BaseTime: {seconds} (seconds since epoch)]
            {Legend}

            """.ReplaceLineEndings("\n");
    }

    /// <summary>The lines of an interval, with their ends: one for each recorded step.</summary>
    public static string Lines(IntervalTimes times) => string.Concat(times.Steps.Select(step =>
    {
        var tag = new MeasuredStep(step.Step, step.IsOfFailures).Tag;
        var max = Seconds(step.Summary.Max / MicrosPerMillisecond);
        return $"Tag={tag},{Seconds(times.From)},{Seconds(times.To - times.From)},{max},{Convert.ToBase64String(Pack(step.Encoded))}\n";
    }));

    /// <summary>The parts of a line; null if it is torn or damaged. Comments and the legend are no lines of an interval.</summary>
    public static HistogramLine? Parse(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line).TrimEnd('\r').Split(',') switch
    {
        [var tag, var from, var length, _, var payload] when tag.StartsWith("Tag=", StringComparison.Ordinal)
            && TryNumber(from, out var begin) && TryNumber(length, out var seconds) && Unpack(payload) is { } encoded
            => new HistogramLine(tag["Tag=".Length..], begin, seconds, encoded),
        _ => null,
    };

    private static byte[] Pack(byte[] encoded)
    {
        using var packed = new MemoryStream();
        packed.Write(stackalloc byte[HeaderLength]);
        using (var deflated = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflated.Write(encoded);
        }

        var bytes = packed.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes, Cookie);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), bytes.Length - HeaderLength);
        return bytes;
    }

    private static byte[]? Unpack(string payload)
    {
        var bytes = new byte[payload.Length];
        if (!Convert.TryFromBase64String(payload, bytes, out var length) || length < HeaderLength
            || BinaryPrimitives.ReadInt32BigEndian(bytes) != Cookie
            || BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4)) != length - HeaderLength)
        {
            return null;
        }

        var unpacked = ArrayPool<byte>.Shared.Rent(Longest);
        try
        {
            using var deflated = new ZLibStream(
                new MemoryStream(bytes, HeaderLength, length - HeaderLength), CompressionMode.Decompress);
            var read = deflated.ReadAtLeast(unpacked, Longest, throwOnEndOfStream: false);
            return read < Longest ? unpacked[..read] : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unpacked);
        }
    }

    private static string Seconds(double number) => number.ToString("F3", CultureInfo.InvariantCulture);

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}

/// <summary>A line of the log.</summary>
/// <param name="Tag">The step, see <see cref="MeasuredStep.Tag"/>.</param>
/// <param name="From">Begin of the interval, in seconds from the start of the run.</param>
/// <param name="Seconds">Its length.</param>
/// <param name="Encoded">The histogram, see <see cref="HistogramCodec"/>.</param>
internal sealed record HistogramLine(string Tag, double From, double Seconds, byte[] Encoded);

/// <summary>A step of the connections that completed it, or of those that failed.</summary>
internal readonly record struct MeasuredStep(Step Step, bool IsOfFailures)
{
    private const string Failed = "failed-";

    /// <summary>Its name in files: <c>connect</c>, <c>failed-connect</c>.</summary>
    public string Tag => (IsOfFailures ? Failed : "") + Step.Name();

    /// <summary>Finds the step with a tag; null for a foreign one.</summary>
    public static MeasuredStep? Parse(string tag)
    {
        var isOfFailures = tag.StartsWith(Failed, StringComparison.Ordinal);
        return Steps.TryParse(isOfFailures ? tag[Failed.Length..] : tag, out var step) ? new MeasuredStep(step, isOfFailures) : null;
    }
}
