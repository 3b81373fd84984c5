using ActorLoad.Hosting.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Runs;

public sealed class BisectionSpecs
{
    // More than doubling to a million, bisection of the last step, and a confirmation can take.
    private const int Enough = 60;

    [Theory]
    [InlineData(10, 1000, 60, "10 20 40 80 60 70 65 62 60")]
    [InlineData(100, 1000, 12, "100 50 25 12 18 15 13 12")]
    [InlineData(10, 35, 100, "10 20 35 35")]
    [InlineData(10, 35, 34, "10 20 35 27 31 33 34 34")]
    [InlineData(35, 35, 100, "35 35")]
    [InlineData(1, 1, 1, "1 1")]
    [InlineData(8, 1000, 0, "8 4 2 1")]
    [InlineData(1, 1000, 1, "1 2 1")]
    public void Values_double_or_halve_then_close_in_on_the_limit(int start, int most, int limit, string values)
    {
        var search = new Bisection(start, most);
        Assert.Equal(values, string.Join(' ', Play(search, Below(limit))));
        Assert.Equal(limit >= 1, search.IsConfirmed);
    }

    [Fact]
    public void Value_found_is_at_most_a_twentieth_below_any_sharp_limit()
    {
        var random = new Random(1);
        for (var game = 0; game < 2_000; game++)
        {
            var (start, limit) = ((int)Math.Exp(random.NextDouble() * 13.8), (int)Math.Exp(random.NextDouble() * 13.8));
            var search = new Bisection(start, 1_000_000);
            var probes = Play(search, Below(limit)).Count;

            Assert.True(search.Found <= limit && limit - search.Found <= Math.Max(1, search.Found.Value / 20), $"{start} {limit}: {search.Found}");
            Assert.True(search.Beyond > limit, $"{start} {limit}: {search.Beyond}");
            Assert.True(search.IsConfirmed && probes <= 40, $"{start} {limit}: {probes} probes");
        }
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Noisy_answers_end_the_search_with_a_value_that_passed_twice_or_none(double noise)
    {
        var random = new Random(2);
        for (var game = 0; game < 500; game++)
        {
            var search = new Bisection(1 + random.Next(1_000), 100_000);
            var limit = random.Next(100_000);
            var passes = new Dictionary<int, int>();
            Play(search, value =>
            {
                var answer = random.NextDouble() < noise ? (ProbeAnswer)random.Next(3) : Below(limit)(value);
                passes[value] = passes.GetValueOrDefault(value) + (answer == ProbeAnswer.Passed ? 1 : 0);
                return answer;
            }, most: 500);

            Assert.True(search.Found is { } found ? passes[found] >= 2 && search.IsConfirmed && !(search.Beyond <= found) : search.Beyond == 1);
        }
    }

    [Fact]
    public void Search_goes_down_when_the_value_found_fails_its_second_probe()
    {
        var search = new Bisection(16, 1000);
        // 32 fails at once. 30 passes, and fails when it is to be confirmed.
        Assert.Equal([16, 32, 24, 28, 30, 31, 30, 29, 29], Play(search, "p f p p p f f p p"));
        Assert.Equal((29, 30, true), (search.Found, search.Beyond, search.IsConfirmed));
    }

    [Fact]
    public void Search_halves_when_the_only_value_that_passed_fails_later()
    {
        var search = new Bisection(2, 1000);
        Assert.Equal([2, 4, 3, 2, 1, 1], Play(search, "p f f f p p"));
        Assert.Equal((1, 2), (search.Found, search.Beyond));
    }

    [Theory]
    [InlineData("p u p f p u p", "10 20 20 40 30 35 35", ProbePurpose.Search)] // believed the second time
    [InlineData("p u u p", "10 20 20 15", ProbePurpose.Search)] // not believed twice: no value above is probed
    [InlineData("u u u u u u u u", "10 10 5 5 2 2 1 1", null)]
    public void Probe_that_cannot_be_believed_is_repeated_once(string answers, string values, object? next)
    {
        var search = new Bisection(10, 1000);
        Assert.Equal(values, string.Join(' ', Play(search, answers)));
        Assert.Equal((ProbePurpose?)next, search.Next?.Purpose);
    }

    [Fact]
    public void Purposes_say_why_a_value_is_probed()
    {
        var search = new Bisection(1, 2);
        Assert.Equal((1, ProbePurpose.Search), search.Next);
        search.Add(ProbeAnswer.Unbelieved);
        Assert.Equal((1, ProbePurpose.Repetition), search.Next);
        search.Add(ProbeAnswer.Passed);
        Assert.Equal((2, ProbePurpose.Search), search.Next);
        search.Add(ProbeAnswer.Failed);
        Assert.Equal((1, ProbePurpose.Confirmation), search.Next);
        Assert.False(search.IsConfirmed);
        search.Add(ProbeAnswer.Passed);
        Assert.Null(search.Next);
        Assert.True(search.IsConfirmed);
        Assert.Throws<InvalidOperationException>(() => search.Add(ProbeAnswer.Passed));
    }

    private static Func<int, ProbeAnswer> Below(int limit) => value => value <= limit ? ProbeAnswer.Passed : ProbeAnswer.Failed;

    /// <summary>The values of a search whose probes answer so: <c>p</c>assed, <c>f</c>ailed, <c>u</c>nbelieved. It need not be over then.</summary>
    private static List<int> Play(Bisection search, string answers)
    {
        var words = new Queue<string>(answers.Split(' '));
        return Play(search, _ => words.Dequeue() switch { "p" => ProbeAnswer.Passed, "f" => ProbeAnswer.Failed, _ => ProbeAnswer.Unbelieved }, words.Count);
    }

    private static List<int> Play(Bisection search, Func<int, ProbeAnswer> answer, int most = Enough)
    {
        var values = new List<int>();
        while (values.Count < most && search.Next is var (value, _))
        {
            values.Add(value);
            search.Add(answer(value));
        }

        Assert.True(most < Enough || search.Next is null, $"not over after {values.Count} probes");
        return values;
    }
}
