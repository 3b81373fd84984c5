using ActorLoad.Configuration;
using Xunit;

namespace ActorLoad.Actors.Tests.Configuration;

public class IncludeSpecs
{
    [Fact]
    public void Included_file_is_merged_where_it_is_included()
    {
        var settings = ConfigLoader.Load([Files(
            ("run.conf", "actorload.seed = 1\ninclude \"more.conf\"\nactorload.connection { include file(\"connection.conf\"), max-open = 3 }"),
            ("more.conf", "actorload { seed = 2, metrics.interval = 2s }"),
            ("connection.conf", "hold = 4s\nmax-open = 9\nreply-timeout = ${hold}\nconnect-timeout = ${actorload.metrics.interval}"))]).Settings;

        Assert.Equal((2, 4, 3), (settings.Seed, settings.Connection.Hold.TotalSeconds, settings.Connection.MaxOpen));
        Assert.Equal((4, 2), (settings.Connection.ReplyTimeout.TotalSeconds, settings.Connection.ConnectTimeout.TotalSeconds));
    }

    [Fact]
    public void An_error_in_an_included_file_names_that_file_and_its_line() =>
        Assert.Equal(
            ["run.conf:3: seed: \"y\" is not a whole number; a whole number from 0 to 2147483647",
                "more.conf:2: metrics.intervall: unknown key \"intervall\"; did you mean \"interval\"?"],
            Errors(Files(("run.conf", "\ninclude \"more.conf\"\nactorload.seed = y"), ("more.conf",
                "actorload.seed = x\nactorload.metrics.intervall = 1s"))));

    [Fact]
    public void Missing_include_is_reported_beside_all_other_errors() =>
        Assert.Equal(
            ["none.conf: cannot be read", "run.conf:2: sed: unknown key \"sed\"; keys live under \"actorload\""],
            Errors(Files(("run.conf", "include \"none.conf\"\nsed = 1"))));

    [Theory]
    [InlineData("include \"run.conf\"", "", "run.conf:1: include \"run.conf\": run.conf includes itself; ")]
    [InlineData("include \"a.conf\"", "\ninclude \"run.conf\"", "a.conf:2: include \"run.conf\": run.conf includes itself; ")]
    public void A_circle_of_includes_is_an_error(string run, string a, string error) =>
        Assert.StartsWith(error, Assert.Single(Errors(Files(("run.conf", run), ("a.conf", a)))), StringComparison.Ordinal);

    [Fact]
    public void Endless_includes_are_an_error()
    {
        var opened = 0;
        FileLayer Endless(string name) => new(name + ++opened, "include \"x\", include \"y\"", Endless);

        var errors = Errors(Endless("x"));

        Assert.Contains(errors, error => error.Contains("nested too deeply", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("too many includes", StringComparison.Ordinal));
        Assert.InRange(opened, 1, 102);
    }

    [Theory]
    [InlineData("include required(\"more.conf\")")]
    [InlineData("include required( file( \"more.conf\" ) )")]
    [InlineData("include\n  // which\n  \"more.conf\"")]
    [InlineData("include\"more.conf\", actorload.connection.hold = 0s")]
    [InlineData("actorload { include \"keys.conf\" }")]
    public void Include_accepts_every_form_that_names_a_file(string text) => Assert.Equal(
        7, ConfigLoader.Load([Files(("run.conf", text), ("more.conf", "actorload.seed = 7"), ("keys.conf", "\uFEFFseed = 7"))]).Settings.Seed);

    [Fact]
    public void Total_size_of_included_text_is_bounded()
    {
        var text = "# " + new string('x', 1_000_000);
        FileLayer Large(string name) => new(name, text);
        var run = string.Concat(Enumerable.Range(0, 100).Select(index => $"include \"{index}\"\n"));

        var error = Assert.Single(Errors(new FileLayer("run.conf", run, Large)).Distinct(), error => error.Contains("too much text", StringComparison.Ordinal));
        Assert.StartsWith("16:1: too much text in all files together; at most 16777216 characters", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Included_file_adds_to_the_list_at_the_place_of_the_include() => Assert.Equal(
        ["PING", "GET foo", "SET foo {burst}:{client}", "QUIT"],
        (string[])[.. ConfigLoader.Load([Files(
            ("run.conf", "actorload.connection { include \"more.conf\" }"),
            ("more.conf", "script = ${script} [\"QUIT\"]"))]).Settings.Configuration["connection"]!["script"]!.AsArray().Select(item => (string)item!)]);

    private static string[] Errors(FileLayer file) => Configurations.Errors(() => ConfigLoader.Load([file]));

    private static FileLayer Files(params (string Name, string Text)[] files)
    {
        FileLayer Open(string name) =>
            files.FirstOrDefault(file => file.Name == name) is { Text: { } text }
                ? new FileLayer(name, text, Open)
                : throw new SettingsException([new SettingsError(name, null, "", "cannot be read", "")]);

        return Open(files[0].Name);
    }
}
