using System.ComponentModel;
using System.Net.Sockets;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>Failures that say that this machine gives too little: they are no bug, and their stack helps nobody.</summary>
internal static class ResourceFailures
{
    private const int EAGAIN = 11;
    private const int ENOMEM = 12;
    private const int ENFILE = 23;
    private const int EMFILE = 24;
    private const string NoDescriptor = "no descriptor is left (ulimit -n)";

    /// <summary>One sentence if that is what an exception comes from; null for any other.</summary>
    public static string? Sentence(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (Name(cause) is { } name)
            {
                return $"actorload: this machine gives too little, and nothing more can be done here: {name}";
            }
        }

        return null;
    }

    /// <summary>On a thread that nobody watches such a failure ends the process, with that sentence and exit code 1 in place of a stack.</summary>
    public static void EndTheProcess() => AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
    {
        if (failure.ExceptionObject is Exception exception && Sentence(exception) is { } sentence)
        {
            ErrorLines.Write(sentence);
            Outlets.Stderr.Flush();
            StandardDescriptors.Exit(ExitCodes.Error);
        }
    };

    private static string? Name(Exception exception) => exception switch
    {
        // .NET says "out of memory" or "file not found" also where only a descriptor was missing.
        OutOfMemoryException or FileNotFoundException when StandardDescriptors.AreUsedUp() => NoDescriptor,
        OutOfMemoryException => "no memory or no thread is left (ulimit -v, ulimit -u, the limits of the cgroup)",
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => NoDescriptor,
        Win32Exception { NativeErrorCode: EMFILE or ENFILE } => NoDescriptor,
        Win32Exception { NativeErrorCode: EAGAIN or ENOMEM } => "no process can be started (ulimit -u, ulimit -v, the limits of the cgroup)",
        IOException { HResult: EMFILE or ENFILE } => NoDescriptor,
        FileNotFoundException { FileName: { } file } when file.Contains(", Version=", StringComparison.Ordinal) =>
            $"{file.Split(',')[0]} is there and cannot be loaded (ulimit -n, ulimit -v)",
        _ => null,
    };
}
