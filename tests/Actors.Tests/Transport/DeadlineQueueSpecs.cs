using ActorLoad.Transport;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class DeadlineQueueSpecs : IDisposable
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly List<StubLink> _expired = [];
    private readonly StubLoop _loop = new(new ManualTime());

    [Fact]
    public void Each_timeout_has_one_queue()
    {
        Assert.Same(_loop.Deadline(_second), _loop.Deadline(_second));
        Assert.NotSame(_loop.Deadline(_second), _loop.Deadline(2 * _second));
        Assert.Equal(_second, _loop.Deadline(_second).Timeout);
    }

    [Fact]
    public void A_link_expires_when_its_time_has_passed_and_not_before()
    {
        var link = Enter(_second);
        _loop.Advance(_second - TimeSpan.FromTicks(1));
        Assert.Empty(_expired);
        _loop.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([link], _expired);
    }

    [Fact]
    public void A_link_expires_once()
    {
        Enter(_second);
        _loop.Advance(_second);
        _loop.Advance(10 * _second);
        Assert.Single(_expired);
    }

    [Fact]
    public void Links_of_different_queues_expire_by_their_own_time()
    {
        var slow = Enter(3 * _second);
        var quick = Enter(_second);
        _loop.Advance(_second);
        Assert.Equal([quick], _expired);
        _loop.Advance(2 * _second);
        Assert.Equal([quick, slow], _expired);
    }

    [Fact]
    public void Entering_again_replaces_the_earlier_deadline()
    {
        var link = Enter(_second);
        _loop.Deadline(3 * _second).Enter(link);
        _loop.Advance(2 * _second);
        Assert.Empty(_expired);
        _loop.Advance(_second);
        Assert.Equal([link], _expired);
    }

    [Fact]
    public void Leaving_a_queue_twice_does_no_harm()
    {
        var (first, second) = (Enter(_second), Enter(_second));
        DeadlineQueue.Leave(first);
        DeadlineQueue.Leave(first);
        _loop.Advance(_second);
        Assert.Equal([second], _expired);
    }

    [Fact]
    public void Thousands_of_operations_that_end_in_time_set_one_alarm()
    {
        for (var operation = 0; operation < 5000; operation++)
        {
            DeadlineQueue.Leave(Enter(_second));
        }

        Assert.Equal(1, _loop.AlarmsSet);
    }

    /// <summary>Against a list that is searched: a positive step enters a link, a negative one ends a link that is under way.</summary>
    [Property]
    public void Links_expire_in_time_and_in_order_whatever_enters_and_leaves(int[] steps)
    {
        using var loop = new StubLoop(new ManualTime());
        var (expired, model, modelExpired) = (new List<StubLink>(), new List<(StubLink Link, long Due)>(), new List<StubLink>());
        foreach (var step in steps)
        {
            if (step >= 0)
            {
                var link = new StubLink(expired);
                loop.Deadline(_second).Enter(link);
                model.Add((link, loop.Now + loop.ToTicks(_second)));
            }
            else if (model.Count > 0)
            {
                var victim = (int)(-(long)step % model.Count);
                DeadlineQueue.Leave(model[victim].Link);
                model.RemoveAt(victim);
            }

            loop.Advance(TimeSpan.FromMilliseconds(Math.Abs((long)step) % 400));
            modelExpired.AddRange(model.Where(entry => entry.Due <= loop.Now).Select(entry => entry.Link));
            model.RemoveAll(entry => entry.Due <= loop.Now);
            Assert.Equal(modelExpired, expired);
        }
    }

    public void Dispose() => _loop.Dispose();

    private StubLink Enter(TimeSpan timeout)
    {
        var link = new StubLink(_expired);
        _loop.Deadline(timeout).Enter(link);
        return link;
    }
}
