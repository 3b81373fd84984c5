using ActorLoad.Diagnosis;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The findings of a run with their remedies, causes first.</summary>
internal static class FindingList
{
    public static IRenderable Of(IReadOnlyList<Finding> findings)
    {
        var lines = new List<IRenderable>();
        foreach (var finding in findings)
        {
            lines.Add(new Paragraph().Append(Word(finding.Severity), Style(finding.Severity))
                .Append($" {finding.Rule}: {finding.Sentence.TrimEnd('.')}."));
            lines.AddRange(finding.Remedies.Select(Line));
        }

        return new Rows(lines);
    }

    private static Paragraph Line(Remedy remedy) => new Paragraph()
        .Append($"  {Words(remedy)}:  ", Look.Dim)
        .Append(remedy.Command, Look.Strong);

    /// <summary>The place, the key and its new value, which stand before the command. <c>doctor</c> uses the same words.</summary>
    public static string Words(Remedy remedy) =>
        remedy.Present is { } present
            ? $"{Place(remedy.Host)}: {remedy.Key} is {present}, make it {remedy.Proposed}"
            : $"{Place(remedy.Host)}: {remedy.Key} needs {remedy.Proposed}";

    private static string Place(RemedyHost host) => host switch
    {
        RemedyHost.Client => "on this machine",
        RemedyHost.Server => "on the server's machine",
        RemedyHost.Proxy => "on the proxy",
        _ => "in the run",
    };

    /// <summary>How much a finding matters, in words.</summary>
    public static string Word(Severity severity) => severity switch
    {
        Severity.Error => "LOST CONNECTIONS",
        Severity.Warning => "CHANGED THE NUMBERS",
        _ => "WORTH KNOWING",
    };

    /// <summary>Its colour.</summary>
    public static Style Style(Severity severity) => severity switch
    {
        Severity.Error => Look.Bad,
        Severity.Warning => Look.Warn,
        _ => Look.Strong,
    };
}
