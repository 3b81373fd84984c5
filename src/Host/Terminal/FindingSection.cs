using ActorLoad.Diagnosis;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Findings on a short page: the first in full, others as far as there is room, and the names of the rest.</summary>
internal sealed class FindingSection(int width)
{
    private const int Most = 4;
    private const int CommandRows = 2;

    /// <summary>The section.</summary>
    public PageSection Of(IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
        {
            return PageSection.None;
        }

        var forms = Enumerable.Range(1, Math.Min(Most, findings.Count)).Reverse()
            .Select(count => new PageForm(count > 1 ? 42 : 62,
                [
                    .. findings.Take(count).SelectMany((finding, index) => Finding(finding, index == 0 ? 5 : 3)),
                    .. Others(findings, count),
                ]));
        return new PageSection(
            Gap.Always,
            [
                .. forms,
                new PageForm(80, [.. Finding(findings[0], 3), .. Others(findings, 1)]),
                new PageForm(0, [.. Finding(findings[0], 1), .. Others(findings, 1)]),
            ]);
    }

    private IEnumerable<PageLine> Finding(Finding finding, int rows)
    {
        var sentence = PageLine.Fold(
            width, rows, 2, (FindingList.Word(finding.Severity), FindingList.Style(finding.Severity)),
            ($" {finding.Rule}: {finding.Sentence.TrimEnd('.')}.", Look.Plain));
        return [.. sentence, .. finding.Remedies.Take(1).SelectMany(Remedy)];
    }

    private IEnumerable<PageLine> Remedy(Remedy remedy)
    {
        var words = $"  {FindingList.Words(remedy)}:";
        if (PageLine.Cells($"{words} {remedy.Command}") <= width)
        {
            return [PageLine.Of(width, ($"{words} ", Look.Dim), (remedy.Command, Look.Strong))];
        }

        return [PageLine.Of(width, (words, Look.Dim)), .. PageLine.Fold(width, CommandRows, 4, ($"    {remedy.Command}", Look.Strong))];
    }

    private IReadOnlyList<PageLine> Others(IReadOnlyList<Finding> findings, int shown) => findings.Count <= shown
        ? []
        : PageLine.Fold(width, 2, 2, (
            $"and {findings.Count - shown} more: {string.Join(", ", findings.Skip(shown).Select(finding => finding.Rule))}", Look.Dim));
}
