using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorLoad.Configuration;

namespace ActorLoad.Hosting.Commands;

/// <summary>The options that stand for a run file: they replace <c>load</c> by one phase of bursts. Unnamed values are the
/// ancestor's.</summary>
internal sealed class ShortOptions
{
    private readonly Option<string[]> _target = new("--target")
    {
        HelpName = "HOST:PORT",
        Description = "Storm this endpoint, or `embedded`. Repeat it for several endpoints; connections take them in turn.",
        CompletionSources = { "embedded" },
    };

    private readonly Option<string?> _connections = new("--connections") { HelpName = "N", Description = "Connections per burst (5)." };
    private readonly Option<string?> _cps = new("--cps") { HelpName = "N", Description = "Same as --connections." };
    private readonly Option<string?> _duration =
        new("--duration") { HelpName = "D", Description = "How long bursts continue, such as 20s (60s)." };
    private readonly Option<string?> _durs =
        new("--durs") { HelpName = "S", Description = "Same as --duration; a bare number is seconds." };
    private readonly Option<string?> _gap = new("--gap") { HelpName = "D", Description = "Pause after each burst, such as 500ms (5s)." };
    private readonly Option<string?> _gaps = new("--gaps") { HelpName = "S", Description = "Same as --gap; a bare number is seconds." };
    private readonly Option<string?> _count = new("--count") { HelpName = "N", Description = "Number of bursts, in place of a duration." };
    private readonly Option<string?> _hold = new("--hold")
    {
        HelpName = "D",
        Description = "How long each connection stays open after its last reply, such as 1m (connection.hold).",
    };
    private readonly Option<string?> _for = new("--for")
    {
        HelpName = "D",
        Description = "End the load after this time and close what is open, such as 10m (run.deadline).",
    };
    private readonly Option<string[]> _script = new("--script")
    {
        HelpName = "COMMAND",
        Description = "A command that each connection sends, such as \"GET foo\". Repeat it for several (connection.script).",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _target, _connections, _cps, _duration, _durs, _gap, _gaps, _count, _hold, _script, _for })
        {
            command.Add(option);
        }
    }

    /// <summary>Adds the target alone.</summary>
    public void AddTargetTo(Command command) => command.Add(_target);

    /// <summary>True if any option defines a load.</summary>
    public bool ReplaceLoad(ParseResult parsed) =>
        new[] { _connections, _cps, _duration, _durs, _gap, _gaps, _count }.Any(option => parsed.GetValue(option) is not null);

    /// <summary>The given options as layers; contradictions go to <paramref name="errors"/>.</summary>
    public IEnumerable<OverrideLayer> Layers(ParseResult parsed, List<SettingsError> errors)
    {
        if (parsed.GetValue(_target) is { Length: > 0 } targets && AreTexts(_target, "target.endpoints", targets))
        {
            // A JSON array is also a HOCON array, and its quoting is safe.
            yield return new OverrideLayer(_target.Name, "target.endpoints", JsonSerializer.Serialize(targets));
        }

        if (parsed.GetValue(_script) is { Length: > 0 } script && AreTexts(_script, "connection.script", script))
        {
            yield return new OverrideLayer(_script.Name, "connection.script", JsonSerializer.Serialize(script));
        }

        foreach (var (option, path) in new[] { (_hold, "connection.hold"), (_for, "run.deadline") })
        {
            if (parsed.GetValue(option) is { } value)
            {
                yield return new OverrideLayer(option.Name, path, value);
            }
        }

        var phase = new List<OverrideLayer>();
        Take("load.0.connections", _connections, _cps, bareSeconds: false);
        Take("load.0.duration", _duration, _durs, bareSeconds: true);
        Take("load.0.gap", _gap, _gaps, bareSeconds: true);
        Take("load.0.count", _count, null, bareSeconds: false);
        if (phase.Count == 0)
        {
            yield break;
        }

        yield return new OverrideLayer(phase[0].Source, "load", "[{}]");
        foreach (var layer in phase)
        {
            yield return layer;
        }

        // .NET replaces bytes that are not UTF-8 by U+FFFD.
        bool AreTexts(Option option, string path, string[] values)
        {
            if (!values.Any(value => value.Contains('\uFFFD', StringComparison.Ordinal)))
            {
                return true;
            }

            errors.Add(new SettingsError(option.Name, null, path, "not UTF-8 text", "write bytes as \"\\xff\" within quotes"));
            return false;
        }

        void Take(string path, Option<string?> option, Option<string?>? ancestral, bool bareSeconds)
        {
            var value = parsed.GetValue(option);
            var old = ancestral is null ? null : parsed.GetValue(ancestral);
            if (value is not null && old is not null)
            {
                errors.Add(new SettingsError(ancestral!.Name, null, path, $"means the same as {option.Name}", "give only one of the two"));
            }

            if (value is not null)
            {
                phase.Add(new OverrideLayer(option.Name, path, value));
            }
            else if (old is not null)
            {
                phase.Add(new OverrideLayer(ancestral!.Name, path, bareSeconds ? WithUnit(old) : old));
            }
        }
    }

    /// <summary><c>20</c> as <c>20s</c>, <c>0.5</c> as <c>500ms</c>. The loader judges anything else.</summary>
    internal static string WithUnit(string value)
    {
        if (!decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            || seconds > 1_000_000_000)
        {
            return value;
        }

        return seconds == decimal.Truncate(seconds) ? $"{seconds:0}s"
            : seconds * 1000 == decimal.Truncate(seconds * 1000) ? $"{seconds * 1000:0}ms"
            : $"{decimal.Truncate(seconds * 1_000_000):0}micros";
    }
}
