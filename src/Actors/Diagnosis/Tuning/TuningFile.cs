using System.Text.RegularExpressions;

namespace ActorLoad.Diagnosis.Tuning;

/// <summary>Reads the settings of one file of systune/, for any program.</summary>
/// <remarks>
/// The comment right before a setting describes it. A line that begins with <c>Default:</c>, <c>Frankly:</c> or <c>Left alone:</c> begins
/// that part. The lines before them are the meaning. <c>systune/apply</c> reads the same files.
/// </remarks>
internal static partial class TuningFile
{
    /// <summary>Its settings in order. An unreadable line throws <see cref="FormatException"/> with file and line.</summary>
    /// <param name="name">Such as <c>systune/redis.conf</c>. It tells which program reads the file.</param>
    /// <param name="text">Its content.</param>
    public static IReadOnlyList<TuningSetting> Parse(string name, string text)
    {
        var (host, line) = Kind(name);
        var settings = new List<TuningSetting>();
        var comment = new List<string>();
        foreach (var (number, raw) in text.Split('\n').Select((raw, index) => (index + 1, raw.Trim())))
        {
            if (raw.StartsWith('#'))
            {
                comment.Add(raw[1..].Trim());
            }
            else if (raw.Length == 0 || raw.StartsWith('['))
            {
                comment.Clear();
            }
            else if (line.Match(raw) is { Success: true } match)
            {
                var key = match.Groups["key"].Value is var found && found == "NOFILE" ? TuningKeys.Descriptors : found;
                Add(settings, Described(comment, key, match.Groups["value"].Value, host, name), number);
            }
            else
            {
                throw new FormatException($"{name}:{number}: \"{raw}\" is not a setting");
            }
        }

        return settings;
    }

    /// <summary>limits.d has four lines for one setting: users and root, soft and hard.</summary>
    private static void Add(List<TuningSetting> settings, TuningSetting setting, int number)
    {
        var earlier = settings.Find(other => other.Key == setting.Key);
        if (earlier is null)
        {
            settings.Add(setting);
        }
        else if (earlier.Value != setting.Value)
        {
            throw new FormatException($"{setting.File}:{number}: {setting.Key} is {setting.Value} here and {earlier.Value} before");
        }
    }

    private static TuningSetting Described(List<string> comment, string key, string value, RemedyHost host, string file)
    {
        var parts = new Dictionary<string, string> { [""] = "", ["Default"] = "", ["Frankly"] = "", ["Left alone"] = "" };
        var part = "";
        foreach (var words in comment)
        {
            var label = parts.Keys.FirstOrDefault(label => label.Length > 0 && words.StartsWith($"{label}:", StringComparison.Ordinal));
            part = label ?? part;
            parts[part] = $"{parts[part]} {(label is null ? words : words[(label.Length + 1)..])}".Trim();
        }

        return new TuningSetting(key, value, host, parts[""], parts["Default"], parts["Frankly"], parts["Left alone"], file);
    }

    private static (RemedyHost Host, Regex Line) Kind(string name) => name switch
    {
        _ when name.StartsWith("systune/sysctl.d/", StringComparison.Ordinal) =>
            (name.EndsWith("-client.conf", StringComparison.Ordinal) ? RemedyHost.Client : RemedyHost.Server, SysctlLine()),
        _ when name.StartsWith("systune/tmpfiles.d/", StringComparison.Ordinal) => (RemedyHost.Server, TmpfilesLine()),
        _ when name.StartsWith("systune/limits.d/", StringComparison.Ordinal) => (RemedyHost.Client, LimitsLine()),
        _ when name.StartsWith("systune/systemd/", StringComparison.Ordinal) => (RemedyHost.Server, UnitLine()),
        "systune/redis.conf" => (RemedyHost.Server, RedisLine()),
        "systune/run.conf" => (RemedyHost.Run, RunLine()),
        _ => throw new FormatException($"{name}: no known program reads it"),
    };

    [GeneratedRegex(@"^-?(?<key>[a-z0-9_.]+)\s*=\s*(?<value>\S.*)$")]
    private static partial Regex SysctlLine();

    [GeneratedRegex(@"^w\s+(?<key>/\S+)\s+-\s+-\s+-\s+-\s+(?<value>\S+)$")]
    private static partial Regex TmpfilesLine();

    [GeneratedRegex(@"^(\*|root)\s+(soft|hard)\s+(?<key>\S+)\s+(?<value>\S+)$")]
    private static partial Regex LimitsLine();

    [GeneratedRegex(@"^Limit(?<key>NOFILE)=(?<value>\S+)$")]
    private static partial Regex UnitLine();

    [GeneratedRegex(@"^(?<key>[a-z-]+)\s+(?<value>\S+)$")]
    private static partial Regex RedisLine();

    [GeneratedRegex(@"^actorload\.(?<key>[a-z.-]+)\s*=\s*(?<value>\S+)$")]
    private static partial Regex RunLine();
}
