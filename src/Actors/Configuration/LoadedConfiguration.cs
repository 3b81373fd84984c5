using ActorLoad.Configuration.Hocon;

namespace ActorLoad.Configuration;

/// <summary>A configuration that is merged and checked.</summary>
public sealed class LoadedConfiguration
{
    internal LoadedConfiguration(RunSettings settings) => Settings = settings;

    /// <summary>What it comes to.</summary>
    public RunSettings Settings { get; }

    /// <summary>The merged result as a run file, secrets as <c>***</c>: but for them, loading it gives the same settings.</summary>
    public string ToHocon() => HoconText.Print(Settings.Configuration);
}
