using System.Globalization;

namespace ActorLoad.Diagnosis.Tuning;

/// <summary>One setting as a file of systune/ proposes it.</summary>
/// <param name="Key">Its name; one of <see cref="TuningKeys"/>, or another that only stands in the files.</param>
/// <param name="Value">The value to give it, as it is written.</param>
/// <param name="Host">Where.</param>
/// <param name="Meaning">What it does: the comment before it.</param>
/// <param name="Default">What it is where nobody changed it, in words.</param>
/// <param name="Frankly">Where its fame is older than its effect; empty if it is not.</param>
/// <param name="LeftAlone">A present value that is kept: <c>larger</c>, <c>wider</c> (a range), or that value; empty if there is none.</param>
/// <param name="File">Where it stands, such as <c>systune/sysctl.d/60-actorload-server.conf</c>.</param>
public sealed record TuningSetting(
    string Key, string Value, RemedyHost Host, string Meaning, string Default, string Frankly, string LeftAlone, string File)
{
    /// <summary>True if a present value needs no change: it is the proposed one, or one that is left alone.</summary>
    /// <param name="present">As the kernel or the server gives it; of a choice such as <c>always [madvise] never</c> the one in brackets.</param>
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

    /// <summary>The proposed value as a number; throws <see cref="FormatException"/> where it is none.</summary>
    internal long Number => long.Parse(Value, CultureInfo.InvariantCulture);

    /// <summary>Ports in a range such as <c>32768 60999</c>; 0 if it is none.</summary>
    internal static int PortCount(string range) =>
        range.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var first, var last]
        && int.TryParse(first, CultureInfo.InvariantCulture, out var low) && int.TryParse(last, CultureInfo.InvariantCulture, out var high)
            ? Math.Max(0, high - low + 1)
            : 0;

    /// <summary>A present value as it would be written: what is in brackets, and one blank between numbers where the kernel has a tab.</summary>
    internal static string Chosen(string present)
    {
        var (open, close) = (present.IndexOf('[', StringComparison.Ordinal), present.IndexOf(']', StringComparison.Ordinal));
        var value = open >= 0 && close > open ? present[(open + 1)..close] : present;
        return string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
