using ActorLoad.Connections;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

public sealed class AbsenceWatchSpecs
{
    private readonly AbsenceWatch _watch = new("127.0.0.1:6379");

    [Fact]
    public void A_server_that_cuts_connections_and_takes_new_ones_was_not_absent()
    {
        _watch.Fail(5, isConnect: false);
        _watch.Fail(6, isConnect: false);

        Assert.False(_watch.TryEnd(out _, out _));
    }

    [Fact]
    public void An_absence_begins_with_the_cut_and_ends_with_the_last_refusal()
    {
        _watch.Fail(3, isConnect: false);
        Assert.False(_watch.TryEnd(out _, out _));
        _watch.Fail(59, isConnect: false);
        _watch.Fail(61, isConnect: true);
        Assert.True(_watch.IsAbsent(out _, out var soFar));
        _watch.Fail(87, isConnect: true);

        Assert.True(_watch.TryEnd(out var first, out var last));
        Assert.Equal((61, 59, 87), (soFar, first, last));
        Assert.False(_watch.TryEnd(out _, out _));
    }
}
