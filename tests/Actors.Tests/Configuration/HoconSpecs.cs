using ActorLoad.Configuration;
using ActorLoad.Configuration.Hocon;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

public class HoconSpecs
{
    [Theory]
    [InlineData("a = 1", "{a:1}")]
    [InlineData("a : 1", "{a:1}")]
    [InlineData("{ a = 1, b = 2 }", "{a:1,b:2}")]
    [InlineData("\uFEFFa = 1\r\nb = 2\r\n", "{a:1,b:2}")]
    [InlineData("a.b.c = 1\na.b.d = 2", "{a:{b:{c:1,d:2}}}")]
    [InlineData("\"a.b\".\"c d\" = 1", "{a.b:{c d:1}}")]
    [InlineData("a { b = 1 }\na { c = 2 }", "{a:{b:1,c:2}}")]
    [InlineData("a\n{\n b = 1\n}", "{a:{b:1}}")]
    [InlineData("a = { b = 1 } { c = 2 }", "{a:{b:1,c:2}}")]
    [InlineData("a { b = 1 }, a = 2", "{a:2}")]
    [InlineData("a = 1, a { b = 2 }", "{a:{b:2}}")]
    [InlineData("a = one  two three # comment", "{a:one  two three}")]
    [InlineData("a = one // comment\n// another\nb = \"#//\"", "{a:one,b:#//}")]
    [InlineData("a = \"q\\\"\\\\\\/\\n\\t\\u0041\" tail", "{a:q\"\\/\n\tA tail}")]
    [InlineData("a = \"\"\"two\n\"lines\"\"\"\"", "{a:two\n\"lines\"}")]
    [InlineData("a = [1, 2\n3\n# comment\n, , ]", null)]
    [InlineData("a = [1, 2\n3\n# comment\n]", "{a:[1,2,3]}")]
    [InlineData("a = [1, 2, ]", "{a:[1,2]}")]
    [InlineData("a = [1] [2]\n", "{a:[1,2]}")]
    [InlineData("a =\n[\n{ b = 1 }\n{ b = 2 }\n]", "{a:[{b:1},{b:2}]}")]
    [InlineData("a += 1\na += 2", "{a:[1,2]}")]
    [InlineData("x { list = [9] }, a = ${x}, a { list += 1 }", "{x:{list:[9]},a:{list:[9,1]}}")]
    [InlineData("a = [ { b += 1, b += 2 } ]", "{a:[{b:[1,2]}]}")]
    [InlineData("base.z = 1, a = ${base} { x = 1, y = ${a.x} }", "{base:{z:1},a:{z:1,x:1,y:1}}")]
    [InlineData("a = [1], a += { b = 2 }", "{a:[1,{b:2}]}")]
    [InlineData("a = ${b} and ${c.d}, b = 1, c.d = 2", "{a:1 and 2,b:1,c:{d:2}}")]
    [InlineData("a = ${b}, b = [1] ${?c}, c = [2], c = [3]", "{a:[1,3],b:[1,3],c:[3]}")]
    [InlineData("a = ${b} { y = 2 }, b { x = 1, y = 1 }", "{a:{x:1,y:2},b:{x:1,y:1}}")]
    [InlineData("a = 1, a = ${?nope}", "{a:1}")]
    [InlineData("a = x ${?nope} y", "{a:x  y}")]
    [InlineData("a = ${?nope}", "{}")]
    [InlineData("a { b = ${c}, d = 1 }, c = ${a.d}", "{a:{b:1,d:1},c:1}")]
    [InlineData("include = 5", "{include:5}")]
    [InlineData("", "{}")]
    public void Text_resolves_to_its_meaning_or_is_an_error(string text, string? meaning)
    {
        var problems = new SettingsProblems();
        var root = HoconDocument.Reader(problems)(new FileLayer("run.conf", text));
        var resolved = new HoconResolver(root, problems).Resolve();

        if (meaning is null)
            Assert.NotEqual(0, problems.Count);
        else
            Assert.Equal((meaning, 0), (Shown(resolved), problems.Count));
    }

    [Theory]
    [InlineData("actorload {\n seed = 1\n", "1: \"{\" is never closed; expected \"}\"")]
    [InlineData("actorload {\n load = [ {}\n}", "2: \"[\" is never closed; expected \"]\"")]
    [InlineData("actorload { seed = 1 } }", "1: \"}\" after a value; expected a comma, a new line", null)]
    [InlineData("actorload { seed = 1 ] }", "1: \"]\" after a value; expected a comma, a new line or \"}\"", null)]
    [InlineData("seed", "1: the end of the text after a key; expected \"=\", \":\", \"+=\" or \"{\"")]
    [InlineData("\nactorload.seed =\nactorload.seed = 1", "2: a key without a value; expected a value")]
    [InlineData("actorload {\n  seed =\n}", "2: a key without a value; expected a value")]
    [InlineData("seed = # none\n\nseed += 1", "1: a key without a value; expected a value")]
    [InlineData("a = \"x", "1: a quoted text is not closed on its line; ")]
    [InlineData("\na = \"\"\"x\n\n", "2: a text in three double quotes is never closed; ")]
    [InlineData("a = \"\\q\"", "1: an unknown escape in a quoted text; ")]
    [InlineData("a = \"\\ud800\"", "1: half of a surrogate pair; ")]
    [InlineData("actorload.target.endpoints = [127.0.0.1:6379]", "1: \":\" in a value without quotes; expected the value in double quotes")]
    [InlineData("a = $b", "1: \"$\" in a value without quotes; ")]
    [InlineData("a = ${b", "1: the end of the text in a substitution; expected \"}\"")]
    [InlineData("a = *", "1: \"*\" in a value without quotes; expected the value in double quotes")]
    [InlineData("a = ,", "1: \",\" where a value should be; ")]
    [InlineData(", a = 1", "1: \",\" where a key should be; ")]
    [InlineData("a = [1,,2]", "1: \",\" where a value should be; ")]
    [InlineData("[1]", "1: the file is a list; ")]
    [InlineData("a b\nc = 1", "1: the end of the line after a key; ")]
    [InlineData("a..b = 1", "1: \".\" where a key should be; ")]
    [InlineData("include url(\"x\")", "1: an include of an unknown kind; ")]
    [InlineData("include \"x\"", "1: include \"x\": includes are not allowed here; ")]
    public void Syntax_error_is_reported_with_its_line_and_what_was_expected(string text, params string?[] errors)
    {
        var found = Errors(text).Where(error => !error.Contains("unknown key", StringComparison.Ordinal)).ToList();

        Assert.StartsWith($"run.conf:{errors[0]}", found[0], StringComparison.Ordinal);
        for (var index = 1; index < errors.Length; index++)
        {
            if (errors[index] is { } error)
                Assert.StartsWith($"run.conf:{error}", found[index], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Several_broken_lines_are_reported_at_once_with_the_other_errors()
    {
        var errors = Errors("actorload {\n  seed = *\n  connection { hold = ]\n  }\n  metrics.interval = 5\n  load = [ { gap = @ }, { count = x } ]\n}");

        Assert.Equal(
            [
                "run.conf:2: \"*\" in a value without quotes; expected the value in double quotes",
                "run.conf:3: \"]\" where a value should be; expected a value; special characters need double quotes",
            ],
            errors[..2]);
    }

    [Fact]
    public void An_error_inside_brackets_leaves_the_rest_of_the_line_readable()
    {
        var errors = Errors("actorload {\n  load = [ { gap = @, count = x } ]\n  seed = y\n}");

        Assert.Equal(3, errors.Length);
        Assert.StartsWith("run.conf:2: \"@\" in a value without quotes", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("run.conf:2: load[0].count: \"x\"", errors[1], StringComparison.Ordinal);
        Assert.StartsWith("run.conf:3: seed: \"y\"", errors[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("seed = ${actorload.nope}", "seed: no value for ${actorload.nope}; a path from the root")]
    [InlineData("seed = ${HOME}", "seed: no value for ${HOME}; a path from the root such as ${actorload.connection.hold}; environment variables are not looked up")]
    [InlineData("load = [ ${actorload.load} ]", "load[0]: the substitution of actorload.load leads back to itself; no circle")]
    [InlineData("seed = ${actorload.transport.loops}, transport.loops = ${actorload.seed}", "seed: the substitution of actorload.transport.loops leads back to itself; ")]
    [InlineData("seed = [1] x", "seed: texts, lists and objects side by side; ")]
    [InlineData("seed += 1", "seed: += on a value that is not a list; ")]
    [InlineData("target.username = ${actorload.target.password}", "target.username: a substitution of a secret")]
    [InlineData("daemon.results = ${actorload.daemon.token}", "daemon.results: a substitution of a secret")]
    [InlineData("metrics = ${actorload.target}", "metrics: a substitution of a secret, or of an object with a secret")]
    [InlineData("metrics = ${actorload}", "metrics: a substitution of a secret, or of an object with a secret")]
    [InlineData("metrics = ${actorload.daemon.token.x}", "metrics: a substitution of a secret")]
    public void Impossible_substitution_is_an_error(string keys, string error) =>
        Assert.Contains(ErrorsOfKeys(keys), found => found.StartsWith($"run.conf:2: {error}", StringComparison.Ordinal));

    [Fact]
    public void A_substitution_sees_the_merged_result_of_all_layers_and_the_defaults()
    {
        var settings = LoadFile(
            "actorload.connection { hold = ${actorload.connection.reply-timeout}, connect-timeout = ${actorload.metrics.interval} }",
            Set("connection.reply-timeout", "3s")).Settings;

        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)), (settings.Connection.Hold, settings.Connection.ConnectTimeout));
    }

    [Theory]
    [InlineData("x0 = 1\n", "x{1} = [${{x{0}}}, ${{x{0}}}]\n", 40, "x16: this comes to more than 100000 values; fewer or smaller substitutions")]
    [InlineData("x0 = abcdefgh\n", "x{1} = ${{x{0}}}${{x{0}}}\n", 60, "substitutions expand to more than 4000000 characters; ")]
    [InlineData("x0 = 1\n", "x{1} = {{ a = ${{x{0}}} }}\n", 500, "this comes to more than 64 levels; ")]
    [InlineData("x900 = 1\n", "x{0} = ${{x{1}}}\n", 900, "substitutions nest too deeply; ")]
    [InlineData("x = 1\n", "x = ${{x}}2\n", 20000, "substitutions take too much work; ")]
    [InlineData("x = [1]\n", "x += ${{x}}\n", 300, "x[17]: this comes to more than 100000 values; ")]
    [InlineData("x = []\n", "x = ${{x}} ${{x}} [1]\n", 300, "substitutions nest too deeply; ")]
    [InlineData("", "x{0} = ${{x{1}}}${{x{1}}}\n", 900, "substitutions nest too deeply; ")]
    [InlineData("y = ${{x0.z}}\n", "x{0} = ${{?x{1}}} ${{?x{1}}}\n", 60, "substitutions take too much work; ")]
    [InlineData("", "y += ${{y}}\ny = [${{y}}, ${{?y.x}}]\n", 4000, "")]
    [InlineData("z = [", "{{}},", 300000, "more values than a run file may have; expected at most 100000")]
    [InlineData("", "a.b.c.d.e.f = 1\n", 30000, "more values than a run file may have; expected at most 100000")]
    public void Text_that_expands_too_much_is_refused_with_its_place(string first, string next, int lines, string error)
    {
        var text = string.Format(null, first) + string.Concat(Enumerable.Range(0, lines).Select(line => string.Format(null, next, line, line + 1)));
        var problems = new SettingsProblems();
        var root = HoconDocument.Reader(problems)(new FileLayer("run.conf", text));
        _ = new HoconResolver(root, problems).Resolve();

        Assert.Contains(error, Assert.Throws<SettingsException>(problems.ThrowIfAny).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_with_thousands_of_added_items_is_read()
    {
        var problems = new SettingsProblems();
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(line => $"a += {line}\n"));
        var resolved = new HoconResolver(HoconDocument.Reader(problems)(new FileLayer("run.conf", text)), problems).Resolve();

        Assert.Equal((40_000, 0), (((HoconArray)resolved.Fields["a"]).Items.Count, problems.Count));
    }

    [Theory]
    [InlineData("a = ", "[", 100000)]
    [InlineData("", "a { ", 100000)]
    [InlineData("", "a.", 100000)]
    [InlineData("a = ", "{ b = [", 50000)]
    [InlineData("a = ", "${", 100000)]
    [InlineData("", "{", 100000)]
    [InlineData("", "}", 100000)]
    [InlineData("a = ", "${?b} [", 50000)]
    [InlineData("a = ", "{}", 200000)]
    [InlineData("a", " \"b\".c", 50000)]
    public void Deep_nesting_is_an_error_and_does_not_crash(string start, string repeated, int times) =>
        Assert.InRange(Errors(start + string.Concat(Enumerable.Repeat(repeated, times))).Length, 1, 25);

    internal static string Shown(HoconNode node) => node switch
    {
        HoconScalar scalar => scalar.Text,
        HoconArray list => $"[{string.Join(',', list.Items.Select(Shown))}]",
        HoconObject fields => $"{{{string.Join(',', fields.Fields.Select(field => $"{field.Key}:{Shown(field.Value)}"))}}}",
        _ => node.GetType().Name,
    };
}
