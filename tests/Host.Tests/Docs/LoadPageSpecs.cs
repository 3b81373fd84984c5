using System.Text.RegularExpressions;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Tests.Terminal;
using ActorLoad.Load;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Docs;

/// <summary>The examples of docs/load.md: after each comes what ActorLoad says of it, its first line and the picture of <c>config</c>.</summary>
public sealed partial class LoadPageSpecs
{
    // With 1 the page is written and not compared.
    private const string WriteDocs = "ACTORLOAD_WRITE_DOCS";

    private static readonly string _path = Path.Combine(Sources.Root, "docs", "load.md");
    private static readonly string _runFiles = Path.Combine(Sources.Root, "hocon");

    [Fact]
    public void Lines_and_pictures_of_the_load_page_are_those_of_the_program()
    {
        var page = File.ReadAllText(_path);
        var made = Example().Replace(page, example => example.Result("${head}") + Told(example.Groups["load"].Value) + "```\n");
        if (Environment.GetEnvironmentVariable(WriteDocs) == "1")
        {
            File.WriteAllText(_path, made);
        }
        else
        {
            Assert.Equal(made, page);
        }
    }

    [Fact]
    public void Each_shape_has_an_example_in_the_load_page_and_a_run_file()
    {
        var page = File.ReadAllText(_path);
        var matches = Example().Matches(page);
        var examples = matches.SelectMany(example => Loaded(example.Groups["load"].Value).Load);
        var files = Directory.EnumerateFiles(_runFiles, "*.conf").SelectMany(file => Loads.Settings(RunFiles.Read(file)).Load);

        Assert.Equal(page.Split("```hocon\n").Length - 1, matches.Count);
        Assert.Equal(Enum.GetValues<LoadShape>(), examples.Select(phase => phase.Shape).Distinct().Order());
        Assert.Equal(Enum.GetValues<LoadShape>(), files.Select(phase => phase.Shape).Distinct().Order());
    }

    private static string Told(string load)
    {
        var settings = Loaded(load);
        return string.Concat(
            PlanPicture.Of(settings).Select(line => $"# {line}".TrimEnd()).Prepend(Announcement.Of(settings)).Select(line => $"{line}\n"));
    }

    // Its files are those of hocon/.
    private static RunSettings Loaded(string load) => Loads.Settings(load, Path.Combine(_runFiles, "example.conf"));

    [GeneratedRegex("""(?<head>```hocon\n(?<load>[^`]*)```\n\n```\n)[^`]*```\n""", RegexOptions.Singleline)]
    private static partial Regex Example();
}
