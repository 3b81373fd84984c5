namespace ActorLoad.Diagnosis.Tuning;

/// <summary>All settings of systune/. A diagnosis and <c>doctor</c> take their proposals from here.</summary>
public sealed class TuningCatalogue
{
    private const string Folder = "systune/";

    private readonly Dictionary<(string Key, RemedyHost Host), TuningSetting> _settings;

    private TuningCatalogue(IReadOnlyList<TuningSetting> settings)
    {
        Settings = settings;
        _settings = settings.ToDictionary(setting => (setting.Key, setting.Host));
    }

    /// <summary>The files that are built into the program.</summary>
    public static TuningCatalogue BuiltIn { get; } = Read();

    /// <summary>All settings, file by file.</summary>
    public IReadOnlyList<TuningSetting> Settings { get; }

    /// <summary>One setting of one host; throws <see cref="KeyNotFoundException"/> if systune/ has none.</summary>
    public TuningSetting this[string key, RemedyHost host] =>
        Find(key, host) ?? throw new KeyNotFoundException($"systune/ proposes no {key} for the {host}");

    /// <summary>One setting of one host; null if systune/ has none.</summary>
    public TuningSetting? Find(string key, RemedyHost host) => _settings.GetValueOrDefault((key, host));

    /// <summary>A catalogue of other files: names from <c>systune/</c> on, and texts. All drop-ins must say the same.</summary>
    internal static TuningCatalogue Parse(IEnumerable<(string Name, string Text)> files)
    {
        var settings = files.OrderBy(file => file.Name, StringComparer.Ordinal).SelectMany(file => TuningFile.Parse(file.Name, file.Text));
        var found = new Dictionary<(string, RemedyHost), TuningSetting>();
        foreach (var setting in settings)
        {
            var (key, value) = ((setting.Key, setting.Host), setting.Value);
            if (!found.TryAdd(key, setting) && found[key].Value != value)
            {
                throw new FormatException(
                    $"{setting.File}: {setting.Key} is {value} here and {found[key].Value} elsewhere for the {setting.Host}");
            }
        }

        return new TuningCatalogue([.. found.Values]);
    }

    private static TuningCatalogue Read()
    {
        var assembly = typeof(TuningCatalogue).Assembly;
        return Parse(assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return (name.Replace('\\', '/'), reader.ReadToEnd()); // Windows builds write backslashes
            }));
    }
}
