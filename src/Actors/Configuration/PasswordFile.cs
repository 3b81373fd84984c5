using System.Text;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>target.password-file</c>: one line, in a file that only its owner can read.</summary>
internal static class PasswordFile
{
    /// <summary>Most bytes of a password.</summary>
    public const int MostBytes = 16 * 1024;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The password in an open file, without the end of its line; else the problem and what is allowed.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="file">The file.</param>
    public static (string? Password, string Problem, string Allowed) Read(string path, Stream file)
    {
        if (file is FileStream real && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(real.SafeFileHandle) & Others) != 0)
        {
            return (null, $"{path} can be read by others", $"a file of its owner alone: chmod 600 {path}");
        }

        var bytes = new byte[MostBytes + 3];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        try
        {
            var text = StrictUtf8.GetString(bytes, 0, length);
            text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
            return text.Length == 0 ? (null, $"{path} is empty", "a file with the password on one line")
                : text.AsSpan().ContainsAny('\r', '\n') ? (null, $"{path} has more than one line", "a file with the password on one line")
                : Encoding.UTF8.GetByteCount(text) > MostBytes ? (null, $"{path} is too long", $"at most {MostBytes} bytes")
                : (text, "", "");
        }
        catch (DecoderFallbackException)
        {
            return (null, $"{path} is not UTF-8 text", "a file with the password on one line");
        }
    }
}
