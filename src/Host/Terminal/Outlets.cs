namespace ActorLoad.Hosting.Terminal;

/// <summary>The two ways out of this process: results on stdout, progress and logs on stderr. All writes of <see cref="Console"/> go
/// through them.</summary>
internal static class Outlets
{
    private const int StdoutNumber = 1;
    private const int StderrNumber = 2;

    public static Outlet Stdout { get; private set; } = null!; // opened first thing

    public static Outlet Stderr { get; private set; } = null!;

    /// <summary>True once the reader of our output has gone, as in <c>actorload monitor | head</c>. A program without an end must
    /// look.</summary>
    public static bool IsStdoutUnread => StandardDescriptors.IsReaderGone(StdoutNumber);

    /// <summary>Makes them.</summary>
    public static void Create(TimeProvider time)
    {
        Stdout = new Outlet(WriterOf(StdoutNumber), isView: false, time);
        Stderr = new Outlet(WriterOf(StderrNumber), isView: true, time);
    }

    /// <summary>Makes them and replaces the console.</summary>
    public static void Open(TimeProvider time)
    {
        Create(time);
        Console.SetOut(new OutletWriter(Stdout));
        Console.SetError(new OutletWriter(Stderr));
    }

    /// <summary>Waits until everything possible is written. Returns why stdout is incomplete, or null.</summary>
    public static string? Close()
    {
        Stdout.Flush();
        if (Stdout.Problem is { } problem)
        {
            ErrorLines.Write($"actorload: stdout could not be written: {problem}");
        }

        Stderr.Flush();
        return Stdout.Problem;
    }

    private static Func<byte[], int> WriterOf(int number)
    {
        if (!OperatingSystem.IsWindows())
        {
            return bytes => StandardDescriptors.Write(number, bytes);
        }

        var stream = new Lazy<Stream>(() => number == StdoutNumber ? Console.OpenStandardOutput() : Console.OpenStandardError());
        return bytes =>
        {
            try
            {
                stream.Value.Write(bytes);
                return 0;
            }
            catch (IOException exception)
            {
                return exception.HResult & 0xFFFF; // the error number
            }
        };
    }
}
