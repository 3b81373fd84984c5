using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using ActorLoad.Bench;
using ActorLoad.Bench.Reporting;
using Spectre.Console;

var bursts = new Option<int[]>("--bursts")
{
    Description = "Burst sizes of the storms; 50,1000,8000,16000,19000 when not given.",
    CustomParser = Sizes,
};
var connections = new Option<int>("--connections") { Description = "Connections of each storm.", DefaultValueFactory = _ => 160_000 };
var rounds = new Option<int>("--rounds") { Description = "How often each storm is repeated.", DefaultValueFactory = _ => 5 };
var only = new Option<string[]>("--only") { Description = "Measure these cells only.", AllowMultipleArgumentsPerToken = true };
var longRun = new Option<int>("--long") { Description = "Also one run of so many connections in bursts of 1,000." };
var tiny = new Option<bool>("--tiny") { Description = "A check that everything works: all cells with small counts, one round." };
var output = new Option<FileInfo?>("--out") { Description = "Write the report to this JSON file too." };
var markdown = new Option<FileInfo?>("--markdown") { Description = "Write the report as docs/performance.md has it to this file too." };
var plot = new Option<FileInfo?>("--plot") { Description = "Draw the cost against the open connections into this SVG file." };
var transport = new Option<string>("--transport")
{
    Description = "transport.kind of ActorLoad: auto (with the portable one beside it in the storms), io-uring or sockets.",
    DefaultValueFactory = _ => BenchOptions.Automatic,
};
transport.AcceptOnlyFromAmong(BenchOptions.Automatic, "io-uring", BenchOptions.Portable);
only.AcceptOnlyFromAmong([.. BenchOptions.Cells]);

var root = new RootCommand("Measures ActorLoad against its peers, all in turn against one redis-server.")
{
    bursts, connections, rounds, only, longRun, tiny, transport, output, markdown, plot,
};
root.SetAction((parsed, _) =>
{
    var isTiny = parsed.GetValue(tiny);
    return MeasureAsync(new BenchOptions(
        parsed.GetValue(bursts) is { Length: > 0 } sizes ? sizes : isTiny ? [50, 500] : [50, 1000, 8000, 16000, 19000],
        isTiny ? 1_000 : parsed.GetValue(connections), isTiny ? 1 : parsed.GetValue(rounds),
        parsed.GetValue(only) ?? [], parsed.GetValue(longRun), isTiny, parsed.GetValue(output), parsed.GetValue(markdown), parsed.GetValue(plot), parsed.GetValue(transport)!));
});
return await root.Parse(args).InvokeAsync();

static async Task<int> MeasureAsync(BenchOptions options)
{
    var report = await Benchmark.RunAsync(options, new BenchLog(Console.Error));
    ReportTable.Write(report, AnsiConsole.Console);
    if (options.Out is { } file)
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true };
        await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(report, json) + "\n");
    }

    if (options.Markdown is { } text)
    {
        await File.WriteAllTextAsync(text.FullName, MarkdownReport.Text(report));
    }

    if (options.Plot is { } picture)
    {
        await File.WriteAllTextAsync(picture.FullName, CostPlot.Svg(report));
    }

    // As the exit codes of actorload itself: 1 something is missing, 3 a bound is not kept.
    return report.Problems.Count > 0 ? 1 : report.Figures.Any(figure => figure.Met == false) ? 3 : 0;
}

static int[] Sizes(ArgumentResult argument)
{
    var sizes = argument.Tokens.SelectMany(token => token.Value.Split(','))
        .Select(word => int.TryParse(word, CultureInfo.InvariantCulture, out var size) ? size : 0).ToArray();
    if (sizes.Any(size => size < 1))
    {
        argument.AddError("--bursts takes sizes of 1 or more, such as 50,8000");
    }

    return sizes;
}
