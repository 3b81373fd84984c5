using ActorLoad.Configuration;
using ActorLoad.Configuration.Hocon;
using Xunit;

namespace ActorLoad.Actors.Tests.Configuration;

/// <summary>Texts that the reference implementation of HOCON (lightbend/config) refuses.</summary>
public class HoconRefusalSpecs
{
    [Theory]
    [InlineData("a")]
    [InlineData("a =")]
    [InlineData("a = 1 2 = 3")]
    [InlineData("a = [1")]
    [InlineData("a = {")]
    [InlineData("a = }")]
    [InlineData(", a = 1")]
    [InlineData("a = 1,, b = 2")]
    [InlineData("a = 1\n,\n, b = 2")]
    [InlineData("a = [,]")]
    [InlineData("a = [1,,2]")]
    [InlineData("a = [1,2,,]")]
    [InlineData("{ a = 1 } b")]
    [InlineData("{ a = 1 },")]
    [InlineData("}")]
    [InlineData("a = 1 }")]
    [InlineData("a { b = 1 } }")]
    [InlineData("a..b = 1")]
    [InlineData(".a = 1")]
    [InlineData("a. = 1")]
    [InlineData("a = ${b")]
    [InlineData("a = ${}")]
    [InlineData("a = ${b\n}")]
    [InlineData("a = ${ ?b}")]
    [InlineData("a = ${b.}")]
    [InlineData("a = $b")]
    [InlineData("a = b$c")]
    [InlineData("a = a=b")]
    [InlineData("a = a:b")]
    [InlineData("a = 1+2")]
    [InlineData("a = +1")]
    [InlineData("a = b?")]
    [InlineData("a = a*b")]
    [InlineData("a = b&c")]
    [InlineData("a = `b`")]
    [InlineData("a = ^b")]
    [InlineData("a = b!")]
    [InlineData("a = @b")]
    [InlineData("a\\b = 1")]
    [InlineData("a*b = 1")]
    [InlineData("a = \\b")]
    [InlineData("a = \"b")]
    [InlineData("a = \"\\q\"")]
    [InlineData("a = \"\\u12\"")]
    [InlineData("a = \"\"\"b")]
    [InlineData("a = [1]\n[2]")]
    [InlineData("a = { b = 1 }\n{ c = 2 }")]
    [InlineData("a = [1] { b = 2 }")]
    [InlineData("a = { b = 1 } [2]")]
    [InlineData("a = x [1]")]
    [InlineData("a = [1] \"x\"")]
    [InlineData("a = x { b = 1 }")]
    [InlineData("a = ${b} x, b = [1]")]
    [InlineData("a = ${b} [1], b = x")]
    [InlineData("a = ${a}")]
    [InlineData("a = ${a}x")]
    [InlineData("a = [${a}]")]
    [InlineData("a = [1], a = [${a}]")]
    [InlineData("a { b = ${a} }")]
    [InlineData("a = ${b}, b = ${a}")]
    [InlineData("a = ${b}, b = ${c}, c = ${a}")]
    [InlineData("a = ${nope}")]
    [InlineData("a = ${b.c}, b = 1")]
    [InlineData("a = 1, a += 2")]
    [InlineData("a = null, a += 1")]
    [InlineData("a { b = 1 }, a += 2")]
    [InlineData("include foo")]
    [InlineData("include url")]
    [InlineData("[1, 2]")]
    public void Text_is_refused_when_the_reference_implementation_refuses_it(string text)
    {
        var problems = new SettingsProblems();
        var root = HoconDocument.Reader(problems)(new FileLayer("run.conf", text, name => new FileLayer(name, "")));
        _ = new HoconResolver(root, problems).Resolve();

        Assert.NotEqual(0, problems.Count);
    }

    [Theory]
    [InlineData("a = 1, b = 2, a = ${b}, b = ${a}", "b: the substitution of a leads back to itself")]
    [InlineData("a = [1] x", "a: texts, lists and objects side by side")]
    [InlineData("a = {} x", "a: texts, lists and objects side by side")]
    [InlineData("include url(\"http://x\")", "an include of an unknown kind")]
    [InlineData("include classpath(\"x\")", "an include of an unknown kind")]
    [InlineData("a = \"\\ud800\"", "half of a surrogate pair")]
    public void Text_is_refused_although_the_reference_implementation_accepts_it(string text, string error)
    {
        var problems = new SettingsProblems();
        var root = HoconDocument.Reader(problems)(new FileLayer("run.conf", text));
        _ = new HoconResolver(root, problems).Resolve();

        Assert.Contains(error, Assert.Throws<SettingsException>(problems.ThrowIfAny).Message, StringComparison.Ordinal);
    }
}
