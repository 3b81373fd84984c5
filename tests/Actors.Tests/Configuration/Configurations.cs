using System.Text.Json.Nodes;
using ActorLoad.Configuration;

namespace ActorLoad.Actors.Tests.Configuration;

/// <summary>Short ways to load a text and to hear what is wrong with it.</summary>
internal static class Configurations
{
    public static LoadedConfiguration LoadFile(string text, params OverrideLayer[] options) =>
        ConfigLoader.Load([new FileLayer("run.conf", text), .. options]);

    public static LoadedConfiguration LoadKeys(string keys) => LoadFile($"actorload {{\n{keys}\n}}");

    public static string[] Errors(Func<LoadedConfiguration> load)
    {
        try
        {
            load();
            return [];
        }
        catch (SettingsException wrong)
        {
            return [.. wrong.Errors.Select(error => error.ToString())];
        }
    }

    public static string[] Errors(string text, params OverrideLayer[] options) => Errors(() => LoadFile(text, options));

    /// <summary>Errors of keys that begin on line 2.</summary>
    public static string[] ErrorsOfKeys(string keys) => Errors(() => LoadKeys(keys));

    /// <summary>These keys of an object of the merged configuration, as JSON.</summary>
    public static string Part(LoadedConfiguration loaded, string path, params string[] keys)
    {
        var section = loaded.Settings.Configuration[path]!.AsObject();
        return new JsonObject(keys.Select(key => KeyValuePair.Create(key, section[key]?.DeepClone()))).ToJsonString();
    }

    public static OverrideLayer Set(string path, string value) => new("--set", path, value);
}
