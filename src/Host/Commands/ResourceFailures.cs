using System.ComponentModel;
using System.Net.Sockets;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>Failures from a limit of this machine. They are no bugs, so a stack trace does not help.</summary>
internal static class ResourceFailures
{
    private const int EAGAIN = 11;
    private const int ENOMEM = 12;
    private const int ENFILE = 23;
    private const int EMFILE = 24;
    private const string NoDescriptor = "no descriptor is left (ulimit -n)";

    /// <summary>A sentence for an exception that comes from a limit; null for any other exception.</summary>
    public static string? Sentence(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (Name(cause) is { } name)
            {
                return $"actorload: a limit of this machine is too low to go on: {name}";
            }
        }

        return null;
    }

    /// <summary>Ends the process with that sentence and exit code 1, without a stack, if such a failure comes on an unwatched
    /// thread.</summary>
    public static void EndTheProcess() => AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
    {
        StandardDescriptors.RestoreTerminal();
        if (failure.ExceptionObject is Exception exception && Sentence(exception) is { } sentence)
        {
            ErrorLines.Write(sentence);
            Outlets.Stderr.Flush();
            StandardDescriptors.Exit(ExitCodes.Error);
        }
    };

    private static string? Name(Exception exception) => exception switch
    {
        // .NET also says "out of memory" or "file not found" when only a descriptor was missing.
        OutOfMemoryException or FileNotFoundException when StandardDescriptors.AreUsedUp() => NoDescriptor,
        OutOfMemoryException => "no memory or no thread is left (ulimit -v, ulimit -u, the cgroup's limits)",
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => NoDescriptor,
        Win32Exception { NativeErrorCode: EMFILE or ENFILE } => NoDescriptor,
        Win32Exception { NativeErrorCode: EAGAIN or ENOMEM } => "no process can be started (ulimit -u, ulimit -v, the cgroup's limits)",
        IOException { HResult: EMFILE or ENFILE } => NoDescriptor,
        FileNotFoundException { FileName: { } file } when file.Contains(", Version=", StringComparison.Ordinal) =>
            $"{file.Split(',')[0]} exists but cannot be loaded (ulimit -n, ulimit -v)",
        _ => null,
    };
}
