using System.Text.RegularExpressions;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>Unsafe code is the ring's, and nobody else's.</summary>
public sealed partial class UnsafeCodeSpecs
{
    private static readonly string _home = Path.Combine("src", "Actors", "Transport", "Uring") + Path.DirectorySeparatorChar;

    [Fact]
    public void Unsafe_code_is_only_in_the_ring_folder()
    {
        var unsafeFiles = Directory.EnumerateFiles(Path.Combine(Sources.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Sources.Root, file))
            .Where(file => !Generated().IsMatch(file) && File.ReadLines(Path.Combine(Sources.Root, file)).Any(line => Unsafe().IsMatch(line)))
            .ToList();
        Assert.Contains(Path.Combine(_home, "Ring.cs"), unsafeFiles); // it can be found
        Assert.All(unsafeFiles, file => Assert.StartsWith(_home, file, StringComparison.Ordinal));
    }

    // The keyword, and the ways around it; not the word in a comment or in a name such as UnsafeQueueUserWorkItem.
    [GeneratedRegex(@"^(?!\s*//).*\b(unsafe\b|Unsafe\.|NativeMemory\.)")]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"[/\\](obj|bin)[/\\]")]
    private static partial Regex Generated();
}
