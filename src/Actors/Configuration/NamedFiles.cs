using ActorLoad.Configuration.Hocon;

namespace ActorLoad.Configuration;

/// <summary>The files that a run file names: due times, certificates, a password. A path in a run file counts from that file.</summary>
/// <param name="open">Opens a file; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
public sealed class NamedFiles(Func<string, Stream> open)
{
    /// <summary>Why a run over the API has none.</summary>
    internal const string NotOfStrangers = "a run over the API cannot read files of the daemon";

    // No certificate, key or password is larger.
    private const int MostBytes = 1 << 20;

    /// <summary>Lets <paramref name="read"/> have a file that <paramref name="origin"/> names.</summary>
    internal (T? Value, string Problem, string Allowed) Read<T>(
        HoconOrigin origin, string file, Func<string, Stream, (T? Value, string Problem, string Allowed)> read)
    {
        var path = origin.IsOption ? file : Path.Combine(Path.GetDirectoryName(origin.Source) ?? "", file);
        try
        {
            using var stream = open(path);
            return read(path, stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (default, $"{path} cannot be read: {exception.Message}", "a file beside the run file, or its path");
        }
    }

    /// <summary>All bytes of a small file.</summary>
    internal (byte[]? Value, string Problem, string Allowed) Bytes(HoconOrigin origin, string file) => Read(origin, file, (path, stream) =>
    {
        var bytes = new byte[MostBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length > MostBytes ? ((byte[]?)null, $"{path} is larger than 1 MiB", "a smaller file") : (bytes[..length], "", "");
    });
}
