using System.Globalization;

namespace ActorLoad.Diagnosis.Tuning;

/// <summary>One setting as a file of systune/ proposes it.</summary>
/// <param name="Key">Its name: one of <see cref="TuningKeys"/>, or another that only the files have.</param>
/// <param name="Value">The proposed value, as written.</param>
/// <param name="Host">Where it is set.</param>
/// <param name="Meaning">What it does: the comment before it.</param>
/// <param name="Default">Its usual default, in words.</param>
/// <param name="Frankly">Why it helps less than its fame says; empty if it helps.</param>
/// <param name="LeftAlone">Present values to keep: <c>larger</c>, <c>wider</c> (a range), or one value; empty for none.</param>
/// <param name="File">Its file, such as <c>systune/sysctl.d/60-actorload-server.conf</c>.</param>
public sealed record TuningSetting(
    string Key, string Value, RemedyHost Host, string Meaning, string Default, string Frankly, string LeftAlone, string File)
{
    /// <summary>True if a present value needs no change: it is the proposed value, or one to keep.</summary>
    /// <param name="present">As the kernel or the server shows it, also as a choice such as <c>always [madvise] never</c>.</param>
    public bool IsMetBy(string present)
    {
        var value = Chosen(present);
        return value == Value || LeftAlone switch
        {
            "larger" => long.TryParse(value, CultureInfo.InvariantCulture, out var number) && number >= Number,
            "wider" => PortCount(value) >= PortCount(Value),
            "" => false,
            var kept => value == kept,
        };
    }

    /// <summary>The proposed value as a number; throws <see cref="FormatException"/> if it is none.</summary>
    internal long Number => long.Parse(Value, CultureInfo.InvariantCulture);

    /// <summary>Ports in a range such as <c>32768 60999</c>; 0 for other text.</summary>
    internal static int PortCount(string range) =>
        range.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var first, var last]
        && int.TryParse(first, CultureInfo.InvariantCulture, out var low) && int.TryParse(last, CultureInfo.InvariantCulture, out var high)
            ? Math.Max(0, high - low + 1)
            : 0;

    /// <summary>A present value as a file would have it: the choice in brackets, and one blank between numbers.</summary>
    internal static string Chosen(string present)
    {
        var (open, close) = (present.IndexOf('[', StringComparison.Ordinal), present.IndexOf(']', StringComparison.Ordinal));
        var value = open >= 0 && close > open ? present[(open + 1)..close] : present;
        return string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
