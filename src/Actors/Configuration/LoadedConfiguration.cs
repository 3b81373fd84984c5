using ActorLoad.Configuration.Hocon;

namespace ActorLoad.Configuration;

/// <summary>A merged and checked configuration.</summary>
public sealed class LoadedConfiguration
{
    internal LoadedConfiguration(RunSettings settings) => Settings = settings;

    /// <summary>Its settings.</summary>
    public RunSettings Settings { get; }

    /// <summary>The merged result as a run file, secrets as <c>***</c>. Loading it gives the same settings, except for the
    /// secrets.</summary>
    public string ToHocon() => HoconText.Print(Settings.Configuration);
}
