namespace ActorLoad.Diagnosis.Tuning;

/// <summary>Everything that systune/ proposes: the one source of what a diagnosis and <c>doctor</c> say should be set.</summary>
public sealed class TuningCatalogue
{
    private const string Folder = "systune/";

    private readonly Dictionary<(string Key, RemedyHost Host), TuningSetting> _settings;

    private TuningCatalogue(IReadOnlyList<TuningSetting> settings)
    {
        Settings = settings;
        _settings = settings.ToDictionary(setting => (setting.Key, setting.Host));
    }

    /// <summary>The files that the program was built with.</summary>
    public static TuningCatalogue BuiltIn { get; } = Read();

    /// <summary>All settings, file by file.</summary>
    public IReadOnlyList<TuningSetting> Settings { get; }

    /// <summary>One setting of one host; throws <see cref="KeyNotFoundException"/> where systune/ has none.</summary>
    public TuningSetting this[string key, RemedyHost host] =>
        Find(key, host) ?? throw new KeyNotFoundException($"systune/ proposes no {key} for the {host}");

    /// <summary>One setting of one host; null where systune/ has none.</summary>
    public TuningSetting? Find(string key, RemedyHost host) => _settings.GetValueOrDefault((key, host));

    /// <summary>A catalogue of other files: their names, from <c>systune/</c> on, and their texts. The drop-ins of all servers say the same.</summary>
    internal static TuningCatalogue Parse(IEnumerable<(string Name, string Text)> files)
    {
        var settings = files.OrderBy(file => file.Name, StringComparer.Ordinal).SelectMany(file => TuningFile.Parse(file.Name, file.Text));
        var found = new Dictionary<(string, RemedyHost), TuningSetting>();
        foreach (var setting in settings)
        {
            if (!found.TryAdd((setting.Key, setting.Host), setting) && found[(setting.Key, setting.Host)].Value is var value && value != setting.Value)
            {
                throw new FormatException($"{setting.File}: {setting.Key} is {setting.Value} here and {value} elsewhere for the {setting.Host}");
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
                return (name.Replace('\\', '/'), reader.ReadToEnd()); // a folder is written in the way of the machine that built it
            }));
    }
}
