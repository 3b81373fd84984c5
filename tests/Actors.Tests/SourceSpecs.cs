using System.Globalization;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Actors.Tests;

/// <summary>The layout of the files in src.</summary>
public sealed class SourceSpecs
{
    private const string LimitKey = "max_line_length = ";

    [Fact]
    public void No_line_of_src_is_longer_than_the_editorconfig_says()
    {
        var limit = LineLimit();
        var files = SourceFiles();
        var tooLong = files.SelectMany(file => LongLines(file, limit)).ToArray();

        Assert.NotEmpty(files);
        Assert.True(tooLong.Length == 0, $"These lines have more than {limit} characters:\n{string.Join('\n', tooLong)}");
    }

    private static int LineLimit()
    {
        var entry = File.ReadLines(Path.Combine(Sources.Root, ".editorconfig"))
            .Single(line => line.StartsWith(LimitKey, StringComparison.Ordinal));
        return int.Parse(entry[LimitKey.Length..], CultureInfo.InvariantCulture);
    }

    // Paths from the root, without the folders that a build makes.
    private static string[] SourceFiles() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Sources.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Sources.Root, path))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(folder => folder is "bin" or "obj"))
            .Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> LongLines(string file, int limit) => File.ReadLines(Path.Combine(Sources.Root, file))
        .Select((line, index) => (line.Length, Number: index + 1))
        .Where(line => line.Length > limit)
        .Select(line => $"{file}:{line.Number}");
}
