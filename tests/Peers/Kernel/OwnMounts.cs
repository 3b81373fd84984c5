namespace ActorLoad.Peers.Kernel;

/// <summary>Words before a command that give it mounts of its own: nobody else sees them, and they end with it. Needs root and <c>unshare</c>.</summary>
public static class OwnMounts
{
    /// <summary>An empty disk of that size at a directory, such as <c>1m</c>.</summary>
    public static IReadOnlyList<string> Disk(string directory, string size)
    {
        Directory.CreateDirectory(directory);
        return Mount($"mount -t tmpfs -o size={size} none \"$0\"", directory);
    }

    /// <summary>One file in the place of another.</summary>
    public static IReadOnlyList<string> File(string file, string inPlaceOf) => Mount($"mount --bind \"$0\" {inPlaceOf}", file);

    /// <summary>How this process sees a file of such a child.</summary>
    public static string PathIn(int process, string path) => $"/proc/{process}/root{path}";

    private static string[] Mount(string command, string path) => ["unshare", "--mount", "sh", "-c", command + " && exec \"$@\"", path];
}
