using ActorLoad.Doctor;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The check before a run: a line for each finding that will harm the run, with the likeliest remedy.</summary>
internal static class Warnings
{
    public static void Write(IEnumerable<Check> checks)
    {
        foreach (var check in checks)
        {
            ErrorLines.Write(Line(check));
        }
    }

    /// <summary>The line of a check.</summary>
    internal static string Line(Check check) =>
        $"actorload: {CheckTable.Word(check.State)} {check.Name}: {check.Sentence}"
        + (check.Remedies is [var remedy, ..] ? $"; {FindingList.Words(remedy)}: {remedy.Command}" : "");
}
