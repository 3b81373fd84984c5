using ActorLoad.Peers.Processes;

namespace ActorLoad.Actors.Tests.Diagnosis.Tuning;

/// <summary>systune/ as it lies on disk, read without the catalogue's own reader.</summary>
internal static class SystuneFiles
{
    public const string Client = "systune/sysctl.d/60-actorload-client.conf";
    public const string Server = "systune/sysctl.d/60-actorload-server.conf";
    public const string Limits = "systune/limits.d/60-actorload.conf";
    public const string HugePages = "systune/tmpfiles.d/60-actorload-server.conf";
    public const string Redis = "systune/redis.conf";
    public const string Run = "systune/run.conf";
    public const string DropIn = "systune/systemd/redis-server.service.d/60-actorload.conf";

    /// <summary>Names, from <c>systune/</c> on, of all files with settings.</summary>
    public static string[] Names { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Sources.Root, "systune"), "*.conf", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Sources.Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    public static string Text(string name) => File.ReadAllText(Path.Combine(Sources.Root, name));

    /// <summary>Lines that set something.</summary>
    public static string[] Lines(string name) =>
        [.. Text(name).Split('\n').Where(line => line.Length > 0 && line[0] is not ('#' or '['))];

    /// <summary>What one line of a file gives to a key: the words after it, without signs.</summary>
    public static string Value(string name, string key)
    {
        var words = Lines(name).Select(line => line.TrimStart('-').Split([' ', '='], StringSplitOptions.RemoveEmptyEntries))
            .First(words => words.Contains(key));
        return string.Join(' ', words[(Array.IndexOf(words, key) + 1)..].Where(word => word != "-"));
    }
}
