using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public sealed class StrangeReplyCountsSpecs
{
    [Fact]
    public void Tallies_merge_the_strange_replies_of_endpoints()
    {
        var (one, other, sum) = (new Tally(1_000), new Tally(1_000), new Tally(1_000));
        one.RecordStrangeReply("a:1", new StrangeReply("HTTP", "HTTP/1.1 400"));
        one.RecordStrangeReply("a:1", StrangeReply.Echo);
        other.RecordStrangeReply("a:1", StrangeReply.Echo);
        sum.Add(one.Take());
        sum.Add(other);

        Assert.Equal([new StrangeReplies("a:1", StrangeReply.Echo, 2), new StrangeReplies("a:1", new StrangeReply("HTTP", "HTTP/1.1 400"), 1)], sum.Sockets().StrangeReplies);
        Assert.Empty(one.Sockets().StrangeReplies);
    }

    [Fact]
    public void Number_of_distinct_strange_replies_is_bounded()
    {
        var counts = new StrangeReplyCounts();
        for (var each = 0; each < 10 * StrangeReplyCounts.Most; each++)
        {
            counts.Count("a:1", new StrangeReply("HTTP", $"HTTP/1.1 {each}"));
        }

        Assert.Equal(StrangeReplyCounts.Most + 1, counts.All.Count);
        Assert.Equal(10 * StrangeReplyCounts.Most, counts.All.Sum(replies => replies.Count));
    }
}
