namespace ActorLoad.Peers.Processes;

/// <summary>The source tree that the running assembly was built from.</summary>
public static class Sources
{
    /// <summary>The directory that holds <c>ActorLoad.sln</c>; throws if this assembly does not run from below it.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary><c>Debug</c> or <c>Release</c>: how the running assembly was built, told from where it stands.</summary>
    public static string Configuration { get; } =
        AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Debug") ? "Debug" : "Release";

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "ActorLoad.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException($"no ActorLoad.sln above {AppContext.BaseDirectory}");
    }
}
