using ActorLoad.Peers.Processes;

namespace ActorLoad.Peers.Requirements;

/// <summary>What <c>src/Host/Packaging/build.sh</c> made.</summary>
public static class Packages
{
    /// <summary>Their directory: <c>ACTORLOAD_PACKAGES</c>, or where the script puts them.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("ACTORLOAD_PACKAGES") is { Length: > 0 } given ? given : Path.Combine(Sources.Root, "out", "packages");

    /// <summary>The version that is in their names.</summary>
    public static string Version { get; } = File.ReadLines(Path.Combine(Sources.Root, "Directory.Build.props"))
        .Select(line => line.Trim()).Single(line => line.StartsWith("<Version>", StringComparison.Ordinal))["<Version>".Length..^"</Version>".Length];

    /// <summary>True if all kinds are there.</summary>
    public static bool AreMade => new[]
    {
        $"ActorLoad.{Version}.nupkg", $"ActorLoad.Actors.{Version}.nupkg", $"actorload-{Version}-linux-x64.tar.gz", $"actorload_{Version}_amd64.deb",
    }.All(name => File.Exists(PathOf(name)));

    /// <summary>The path of one.</summary>
    public static string PathOf(string name) => Path.Combine(Folder, name);
}
