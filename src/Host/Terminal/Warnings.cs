using ActorLoad.Doctor;

namespace ActorLoad.Hosting.Terminal;

/// <summary>What a run found out before it began: a line for each thing that will cost it something, with the likeliest remedy.</summary>
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
