using System.Collections;
using System.CommandLine;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Terminal;

namespace ActorLoad.Hosting.Commands;

/// <summary>The configuration of <c>run</c>, <c>config</c>, <c>doctor</c> and <c>search</c>: file, environment, <c>--set</c>, short
/// options, in this order.</summary>
internal sealed class ConfigurationOptions
{
    private readonly Argument<string?> _file = new("FILE")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "Run file (HOCON). Without it: the built-in quick run against the embedded server.",
        CompletionSources = { context => PathCompletion.RunFiles(context.WordToComplete) },
    };

    private readonly ShortOptions _short = new();

    public ConfigurationOptions() => RefuseOptions(_file);

    /// <summary>Rejects an unknown option, which the parser would take for a file name.</summary>
    public static void RefuseOptions(Argument files) => files.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(token => token.Value.StartsWith('-')))
        {
            result.AddError($"unknown option '{token.Value}'; a file of that name is ./{token.Value}");
        }
    });

    /// <summary>The option <c>--set</c>, which <c>serve</c> has too.</summary>
    public static Option<string[]> CreateSet() => new("--set")
    {
        HelpName = "key=value",
        Description = "Set one value; the key is a path under `actorload`, such as load.0.connections. May be repeated.",
        CompletionSources = { context => KeyCompletion.Of(context.WordToComplete) },
    };

    private readonly Option<string[]> _set = CreateSet();

    /// <summary>Adds the argument and the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_set);
        _short.AddTo(command);
    }

    /// <summary>Adds the same without the options that replace the load, for a command that changes the load itself. The file is
    /// required.</summary>
    public void AddWithoutLoadTo(Command command)
    {
        (_file.Arity, _file.Description) = (ArgumentArity.ExactlyOne, "Run file (HOCON) with thresholds.");
        command.Add(_file);
        command.Add(_set);
        _short.AddTargetTo(command);
    }

    /// <summary>The merged configuration; throws a <see cref="SettingsException"/> that lists every error.</summary>
    public LoadedConfiguration Load(ParseResult parsed) => Load(parsed, []);

    /// <summary>The same; reports the earlier <paramref name="errors"/> first.</summary>
    public LoadedConfiguration Load(ParseResult parsed, List<SettingsError> errors)
    {
        var (layers, set, shorts) = Read(parsed, errors);
        errors.AddRange(ReplacedSettings.Lost(set, shorts));
        var loaded = LoadAll([.. layers, .. shorts], errors);
        if (ReplacedSettings.BesideFleets(shorts, loaded) is { } useless)
        {
            throw new SettingsException([useless]);
        }

        if (ReplacedSettings.Sentence(layers, shorts, loaded) is { } sentence)
        {
            ErrorLines.Write($"actorload: {sentence}");
        }

        return loaded;
    }

    /// <summary>The layers, for a command that adds its own. Unreadable ones go to <paramref name="errors"/>.</summary>
    public IReadOnlyList<ConfigLayer> Layers(ParseResult parsed, List<SettingsError> errors)
    {
        var (layers, _, shorts) = Read(parsed, errors);
        return [.. layers, .. shorts];
    }

    /// <summary>The run file as it was named; empty without one.</summary>
    public string File(ParseResult parsed) => parsed.GetValue(_file) ?? "";

    private (List<ConfigLayer> Layers, List<OverrideLayer> Set, List<OverrideLayer> Shorts) Read(
        ParseResult parsed, List<SettingsError> errors)
    {
        var layers = new List<ConfigLayer>
        {
            parsed.GetValue(_file) is { } path ? ReadOrNote(path, errors) : _short.ReplaceLoad(parsed) ? EmbeddedAlone : QuickRun,
        };
        layers.AddRange(FromEnvironment());
        var set = FromSet(parsed.GetValue(_set), errors).ToList();
        layers.AddRange(set);
        return (layers, set, _short.Layers(parsed, errors).ToList());
    }

    /// <summary>The run that needs no file.</summary>
    public static FileLayer QuickRun => new("quick.conf (built in)", BuiltIn.QuickConf);

    /// <summary>The base for short options that define a load: the quick run's server, without its load.</summary>
    private static FileLayer EmbeddedAlone => new("built in", $"actorload.target.endpoints = [\"{TargetSettings.Embedded}\"]");

    /// <summary>Variables of the form <c>ACTORLOAD__TARGET__ENDPOINTS__0</c>.</summary>
    public static IEnumerable<OverrideLayer> FromEnvironment() =>
        EnvironmentLayers.From((IDictionary)Environment.GetEnvironmentVariables(), RunFiles.Variable);

    /// <summary>A file as a layer. An unreadable file becomes an empty layer, so that the other layers are still checked.</summary>
    public static FileLayer ReadOrNote(string path, List<SettingsError> errors)
    {
        try
        {
            return RunFiles.Read(path);
        }
        catch (SettingsException exception)
        {
            errors.AddRange(exception.Errors);
            return new FileLayer(path, "");
        }
    }

    /// <summary>Each <c>path=value</c> as a layer.</summary>
    public static IEnumerable<OverrideLayer> FromSet(IEnumerable<string>? settings, List<SettingsError> errors)
    {
        foreach (var setting in settings ?? [])
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                yield return new OverrideLayer("--set", setting[..equals].Trim(), setting[(equals + 1)..], RunFiles.Variable);
            }
            else
            {
                errors.Add(new SettingsError("--set", null, "", $"\"{WithoutValue(setting)}\" sets nothing", "write it as path=value"));
            }
        }
    }

    // The text may hold a password, as in "target.password:secret". So show the key alone.
    private static string WithoutValue(string setting)
    {
        var end = setting.IndexOfAny(['=', ':', ' ', '\t', '"', '\'']);
        return end < 0 ? setting : $"{setting[..end]}...";
    }

    /// <summary>Loads the layers; reports the earlier <paramref name="errors"/> first.</summary>
    public static LoadedConfiguration LoadAll(IEnumerable<ConfigLayer> layers, List<SettingsError> errors)
    {
        try
        {
            var loaded = ConfigLoader.Load(layers, RunFiles.Named);
            return errors.Count == 0 ? loaded : throw new SettingsException(errors);
        }
        catch (SettingsException exception) when (!ReferenceEquals(exception.Errors, errors))
        {
            throw new SettingsException([.. errors, .. exception.Errors], exception.More);
        }
    }
}
