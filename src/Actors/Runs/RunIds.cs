using System.Globalization;
using System.Security.Cryptography;

namespace ActorLoad.Runs;

/// <summary>Names of runs: unique, sortable by start, safe in a path and in an actor's name.</summary>
public static class RunIds
{
    /// <summary>A new id such as <c>20261122-225935-4f2a9c</c>, in UTC.</summary>
    public static string New(TimeProvider time) =>
        time.GetUtcNow().ToString("yyyyMMdd-HHmmss-", CultureInfo.InvariantCulture)
            + RandomNumberGenerator.GetHexString(6, lowercase: true);

    /// <summary>True for the ids of <see cref="New"/>; nothing else may become a path.</summary>
    public static bool IsValid(string id) =>
        id.Length == 22 && id[8] == '-' && id[15] == '-'
        && id.Where((_, index) => index is not (8 or 15)).Take(14).All(char.IsAsciiDigit)
        && id[16..].All(char.IsAsciiHexDigitLower);
}
