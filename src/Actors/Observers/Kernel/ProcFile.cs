using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ActorLoad.Observers.Kernel;

/// <summary>
/// A file of /proc that is opened once and read again and again from its start, so that it can be read when a storm has taken the last
/// descriptor. A file of a network namespace stays that of the namespace in which it was opened. Never throws.
/// </summary>
public sealed class ProcFile : IDisposable
{
    // The largest file that is read, /proc/net/netstat, has 5 KB. A file that is far larger is not what it should be.
    private const int FirstSize = 16 * 1024;
    private const int Limit = 1024 * 1024;

    private readonly SafeFileHandle? _file;
    private byte[] _buffer = new byte[FirstSize];

    /// <summary>Opens it. If that fails, <see cref="Problem"/> says why.</summary>
    public ProcFile(string path)
    {
        Path = path;
        try
        {
            // Shared for writing, or .NET would lock it.
            _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            (IsMissing, Problem) = (cause is FileNotFoundException or DirectoryNotFoundException, Describe(cause));
        }
    }

    /// <summary>As it was given.</summary>
    public string Path { get; }

    /// <summary>True if there is no such file: an old kernel, a container, not Linux, a module that is not loaded.</summary>
    public bool IsMissing { get; }

    /// <summary>Why it could not be opened or last read, such as <c>/proc/net/snmp does not exist</c>; null if it could.</summary>
    public string? Problem { get; private set; }

    /// <summary>Its text now; null if it cannot be read, and <see cref="Problem"/> says why.</summary>
    public string? Read()
    {
        if (_file is null)
        {
            return null;
        }

        try
        {
            var length = 0;
            for (int read; (read = RandomAccess.Read(_file, _buffer.AsSpan(length), length)) > 0;)
            {
                length += read;
                if (length == Limit)
                {
                    Problem = $"{Path} has more than {Limit} bytes";
                    return null;
                }

                if (length == _buffer.Length)
                {
                    Array.Resize(ref _buffer, _buffer.Length * 2);
                }
            }

            Problem = null;
            return Encoding.Latin1.GetString(_buffer, 0, length);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Problem = Describe(cause);
            return null;
        }
    }

    /// <summary>Opens, reads and closes.</summary>
    public static string? ReadOnce(string path, out string? problem, out bool isMissing)
    {
        using var file = new ProcFile(path);
        var text = file.Read();
        (problem, isMissing) = (file.Problem, file.IsMissing);
        return text;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private string Describe(Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{Path} does not exist",
        UnauthorizedAccessException => $"{Path} may not be read",
        _ => $"{Path} cannot be read ({cause.Message.Replace($" : '{Path}'", "", StringComparison.Ordinal)})",
    };
}
