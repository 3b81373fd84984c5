using System.Text.RegularExpressions;
using ActorLoad.Hosting.Reports;
using ActorLoad.Metrics;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

public partial class OutcomeColoursSpecs
{
    [Fact]
    public void Terminal_has_the_colours_of_the_report_on_a_dark_ground()
    {
        var style = File.ReadAllText(Path.Combine(Sources.Root, "src", "Host", "Reports", "Assets", "report.css"));
        var dark = style[style.IndexOf("prefers-color-scheme: dark", StringComparison.Ordinal)..];
        var colours = Variable().Matches(dark).ToDictionary(found => found.Groups["name"].Value, found => found.Groups["colour"].Value);
        var names = Outcomes.All.Where(outcome => outcome != Outcome.Crashed).Select(outcome => outcome.Name()).Append(OutcomeColours.Dropped);
        Assert.All(names, name => Assert.Equal(colours[name], OutcomeColours.OnDark(name)));
        Assert.Equal((colours["text"], null), (colours[Outcome.Crashed.Name()], OutcomeColours.OnDark(Outcome.Crashed.Name())));
    }

    [GeneratedRegex("--(?<name>[a-z-]+): (?<colour>#[0-9a-f]{6});")]
    private static partial Regex Variable();
}
