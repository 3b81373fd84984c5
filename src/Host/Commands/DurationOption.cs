using System.CommandLine;
using ActorLoad.Configuration;

namespace ActorLoad.Hosting.Commands;

/// <summary>An option with a duration such as <c>10m</c>.</summary>
internal static class DurationOption
{
    /// <summary>The option; its value is null if it is not given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="least">The shortest duration, as a user writes it.</param>
    /// <param name="most">The longest.</param>
    /// <param name="description">Its help.</param>
    public static Option<TimeSpan?> Create(string name, string least, string most, string description) => new(name)
    {
        HelpName = "D",
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (!UnitText.TryDuration(text, out var span, out var problem, out var allowed))
            {
                result.AddError($"{name}: {problem}; {allowed}");
            }
            else if (span < Known(least) || span > Known(most))
            {
                result.AddError($"{name}: {text} is out of range; {least} to {most}");
            }

            return span;
        },
    };

    private static TimeSpan Known(string duration) => UnitText.TryDuration(duration, out var span, out _, out _) ? span : default;
}
