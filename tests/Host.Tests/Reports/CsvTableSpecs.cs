using System.Globalization;
using System.Text;
using ActorLoad.Hosting.Reports;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

public class CsvTableSpecs
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("two\r\nlines", "two\\r\\nlines")]
    [InlineData("=HYPERLINK(\"http://x\",1)", "\"'=HYPERLINK(\"\"http://x\"\",1)\"")]
    [InlineData("+1", "'+1")]
    [InlineData("-DENIED", "'-DENIED")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "\\t=1")]
    [InlineData("a=b", "a=b")]
    public void Text_is_quoted_as_needed_and_never_a_formula(string text, string cell)
    {
        var table = new CsvTable(["name", "count"]);
        table.Add([text, 1]);
        Assert.Equal($"name,count\r\n{cell},1\r\n", Encoding.UTF8.GetString(table.ToBytes()));
    }

    [Fact]
    public void Numbers_are_the_same_in_every_culture_and_null_is_an_empty_cell()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            var table = new CsvTable(["a", "b", "c"]);
            table.Add([-1.5, null, 12_345L]);
            Assert.Equal("a,b,c\r\n-1.5,,12345\r\n", Encoding.UTF8.GetString(table.ToBytes()));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Row_of_another_length_is_a_mistake() => Assert.Throws<ArgumentException>(() => new CsvTable(["a", "b"]).Add([1]));
}
