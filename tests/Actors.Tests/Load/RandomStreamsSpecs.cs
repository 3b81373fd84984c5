using ActorLoad.Load;
using Xunit;

namespace ActorLoad.Actors.Tests.Load;

public class RandomStreamsSpecs
{
    [Fact]
    public void Streams_repeat_for_the_same_seed_and_place() => Assert.Equal(First(RandomStreams.For(7, 1, 2)), First(RandomStreams.For(7, 1, 2)));

    [Fact]
    public void Streams_differ_for_each_seed_and_each_place()
    {
        var firsts = new HashSet<(int, int)>();
        var count = 0;
        for (var seed = -3; seed < 40; seed++)
        {
            for (var place = 0; place < 40; place++, count += 3)
            {
                Assert.True(firsts.Add(First(RandomStreams.For(seed, place))), $"{seed}, {place}");
                Assert.True(firsts.Add(First(RandomStreams.For(seed, place, 0))), $"{seed}, {place}, 0");
                Assert.True(firsts.Add(First(RandomStreams.For(seed, 0, place + 100))), $"{seed}, 0, {place + 100}");
            }
        }

        Assert.Equal(count, firsts.Count);
    }

    private static (int, int) First(Random stream) => (stream.Next(), stream.Next());
}
