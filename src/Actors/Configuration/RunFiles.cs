using System.Text;

namespace ActorLoad.Configuration;

/// <summary>Reads run files and their includes. Every failure is a <see cref="SettingsException"/> that names the file.</summary>
public static class RunFiles
{
    // A run file that a person writes is smaller, and /dev/zero never ends.
    private const int MaxBytes = 1 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the files that a run file names.</summary>
    public static NamedFiles Named { get; } = new(File.OpenRead);

    /// <summary>Reads one file. Its includes are looked up beside it, its <c>${NAME}</c> in the environment.</summary>
    public static FileLayer Read(string path)
    {
        var directory = Path.GetDirectoryName(path) ?? "";
        return new FileLayer(path, ReadText(path), name => Read(Path.Combine(directory, name)), Variable);
    }

    /// <summary>An environment variable; null without it. A text that cannot name a variable has no value.</summary>
    public static string? Variable(string name) =>
        name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal)
            ? null : Environment.GetEnvironmentVariable(name);

    private static string ReadText(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw Unreadable(path, "is a directory", "name a file");
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[MaxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes)
            {
                throw Unreadable(path, "is larger than 1 MiB", "a run file is a few lines of HOCON");
            }

            return StrictUtf8.GetString(bytes.AsSpan(0, length)).TrimStart('\uFEFF');
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable(path, "no such file", "");
        }
        catch (UnauthorizedAccessException)
        {
            throw Unreadable(path, "cannot be read: permission denied", "");
        }
        catch (DecoderFallbackException)
        {
            throw Unreadable(path, "is not UTF-8 text", "");
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            throw Unreadable(path, $"cannot be read: {exception.Message}", "");
        }
    }

    private static SettingsException Unreadable(string path, string problem, string allowed) =>
        new([new SettingsError(path, null, "", problem, allowed)]);
}
