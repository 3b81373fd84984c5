using ActorLoad.Configuration;

namespace ActorLoad.Hosting.Tests.Terminal;

/// <summary>Settings as run files make them.</summary>
internal static class Loads
{
    /// <summary>The settings of these lines under <c>actorload</c>; throws <see cref="SettingsException"/>.</summary>
    public static RunSettings Settings(string lines, string file = "run.conf") =>
        Settings(new FileLayer(file, $"actorload {{\n{lines}\n}}\n"));

    /// <summary>The settings of a run file; throws <see cref="SettingsException"/>.</summary>
    public static RunSettings Settings(FileLayer file) => ConfigLoader.Load([file], RunFiles.Named).Settings;
}
