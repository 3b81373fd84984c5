namespace ActorLoad.Hosting.Terminal;

/// <summary>The two ways out of this process: results on stdout, progress and logs on stderr. Everything that <see cref="Console"/> writes goes
/// through them.</summary>
internal static class Outlets
{
    private const int StdoutNumber = 1;
    private const int StderrNumber = 2;

    public static Outlet Stdout { get; } = new(WriterOf(StdoutNumber), isView: false, TimeProvider.System);

    public static Outlet Stderr { get; } = new(WriterOf(StderrNumber), isView: true, TimeProvider.System);

    /// <summary>True once whoever read our output has gone, as in <c>actorload monitor | head</c>. A program that never ends by itself must look.</summary>
    public static bool IsStdoutUnread => StandardDescriptors.IsReaderGone(StdoutNumber);

    /// <summary>Takes the console's place.</summary>
    public static void Open()
    {
        Console.SetOut(new OutletWriter(Stdout));
        Console.SetError(new OutletWriter(Stderr));
    }

    /// <summary>Waits until what can be written is written; then why stdout is not complete, or null if it is.</summary>
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
                return exception.HResult & 0xFFFF; // the number of the error
            }
        };
    }
}
