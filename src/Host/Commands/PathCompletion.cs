namespace ActorLoad.Hosting.Commands;

/// <summary>Completes paths.</summary>
internal static class PathCompletion
{
    private const string RunFile = ".conf";

    /// <summary>Run files, and folders that may hold some.</summary>
    public static IEnumerable<string> RunFiles(string begun) =>
        Entries(begun, isFile: name => name.EndsWith(RunFile, StringComparison.Ordinal));

    /// <summary>Folders alone.</summary>
    public static IEnumerable<string> Folders(string begun) => Entries(begun, isFile: _ => false);

    /// <summary>Folders, and results of runs.</summary>
    public static IEnumerable<string> Results(string begun) =>
        Entries(begun, isFile: name => name.EndsWith(".json", StringComparison.Ordinal));

    // A folder that cannot be read completes nothing.
    private static IEnumerable<string> Entries(string begun, Func<string, bool> isFile)
    {
        var slash = begun.LastIndexOf('/') + 1;
        var (folder, name) = (begun[..slash], begun[slash..]);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var path = folder.StartsWith("~/", StringComparison.Ordinal) ? home + folder[1..] : folder;
        var place = new DirectoryInfo(path.Length == 0 ? "." : path);
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };
        return !place.Exists ? [] : place.EnumerateFileSystemInfos("*", options)
            .Where(entry => entry.Name.StartsWith(name, StringComparison.Ordinal) && (name.Length > 0 || !entry.Name.StartsWith('.')))
            .Select(entry => (entry.Name, IsFolder: (entry.Attributes & FileAttributes.Directory) != 0))
            .Where(entry => entry.IsFolder || isFile(entry.Name))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .Select(entry => $"{folder}{entry.Name}{(entry.IsFolder ? "/" : "")}");
    }
}
