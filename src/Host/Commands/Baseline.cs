using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Runs;
using Spectre.Console;

namespace ActorLoad.Hosting.Commands;

/// <summary>The earlier result that a run is compared with at its end.</summary>
/// <param name="stored">The result, read before the run began.</param>
/// <param name="conditions">Each <c>--fail-if</c>.</param>
internal sealed class Baseline(StoredResult stored, IReadOnlyList<FailIf> conditions)
{
    /// <summary>Prints the comparison, on stderr if stdout is the result's JSON alone.</summary>
    /// <param name="ended">The end of the run, whose result is already written.</param>
    /// <param name="output">Where the result went.</param>
    /// <param name="code">The exit code of the run.</param>
    /// <returns>The exit code with the conditions: they speak where the run itself is done.</returns>
    public int Close(RunProtocol.RunEnded ended, Output output, int code)
    {
        if (ended.Result is not { } result)
        {
            return code;
        }

        var report = ComparisonReport.Of(stored, [StoredResult.Of("this run", result)], conditions);
        var console = output.Json ? Look.Console(Console.Error, Console.IsErrorRedirected)
            : Look.Console(Console.Out, Console.IsOutputRedirected);
        console.WriteLine();
        ComparisonTables.Write(console, report);
        return code == ExitCodes.Done && report.Fails ? ExitCodes.ThresholdNotMet : code;
    }
}
