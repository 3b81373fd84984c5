using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public class EndpointTalliesSpecs
{
    [Theory]
    [InlineData(3, true)]
    [InlineData(EndpointTallies.MostTimed, true)]
    [InlineData(EndpointTallies.MostTimed + 1, false)]
    public void Times_are_kept_separately_for_few_endpoints_and_together_for_many(int endpoints, bool areTimed)
    {
        var (tallies, sum) = (new EndpointTallies(Life.Frequency, endpoints), new Tally(Life.Frequency));
        for (var round = 0; round < 2; round++)
        {
            for (var endpoint = 0; endpoint < endpoints; endpoint++)
            {
                new Life(Outcome.Succeeded).RecordIn(tallies[endpoint]);
            }

            var taken = tallies.Take();
            Assert.All(taken, tally => Assert.Equal(1, tally.Outcomes["succeeded"]));
            foreach (var tally in taken)
            {
                sum.Add(tally);
            }
        }

        Assert.Equal(areTimed, tallies.AreTimed);
        Assert.Equal((2 * endpoints, 2 * endpoints), (sum[Outcome.Succeeded], sum.Latency(succeeded: true)["total"].Count));
    }
}
