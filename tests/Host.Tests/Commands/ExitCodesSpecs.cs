using ActorLoad.Configuration.Thresholds;
using ActorLoad.Hosting.Commands;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

public class ExitCodesSpecs
{
    [Theory]
    [InlineData(Verdict.Valid, true, false, false, 0)]
    [InlineData(Verdict.GeneratorLimited, true, false, false, 0)]
    [InlineData(Verdict.Valid, false, false, false, 3)]
    [InlineData(Verdict.Aborted, false, false, false, 4)]
    [InlineData(Verdict.Interrupted, true, false, false, 130)]
    [InlineData(Verdict.Valid, true, true, false, 130)]
    [InlineData(Verdict.Valid, true, false, true, 1)]
    [InlineData(Verdict.Aborted, true, true, true, 1)]
    public void The_exit_code_tells_how_a_run_ended(Verdict verdict, bool met, bool signalled, bool filesLost, int code)
    {
        var result = Results.Of(verdict) with { Thresholds = [new ThresholdResult("succeeded > 0", 1, met, null)] };
        Assert.Equal(code, ExitCodes.For(new RunProtocol.RunEnded("r", result, null), signalled, filesLost));
    }

    [Theory]
    [InlineData(Verdict.GeneratorLimited, false, 3)]
    [InlineData(Verdict.GeneratorLimited, true, 0)]
    [InlineData(Verdict.Aborted, false, 4)]
    [InlineData(Verdict.Interrupted, false, 130)]
    public void Met_thresholds_count_only_if_the_run_passed(Verdict verdict, bool passed, int code)
    {
        var result = Results.Of(verdict) with { Thresholds = [new ThresholdResult("succeeded > 0", 1, true, null)], Passed = passed };
        Assert.Equal(code, ExitCodes.For(new RunProtocol.RunEnded("r", result, null), signalled: false, filesLost: false));
    }

    [Fact]
    public void A_run_without_a_result_is_an_error_unless_it_was_stopped()
    {
        var ended = new RunProtocol.RunEnded("r", null, "no");
        Assert.Equal(1, ExitCodes.For(ended, signalled: false, filesLost: false));
        Assert.Equal(130, ExitCodes.For(ended, signalled: true, filesLost: false));
    }
}
