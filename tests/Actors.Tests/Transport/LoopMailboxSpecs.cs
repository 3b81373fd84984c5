using ActorLoad.Transport;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>The mailbox of connections: nothing is lost, nothing overtakes.</summary>
public sealed class LoopMailboxSpecs : TestKit
{
    private const int Senders = 4;
    private const int Messages = 5_000;

    private readonly LoopMessageQueue _queue = new();

    [Fact]
    public void Messages_leave_the_mailbox_in_order()
    {
        var (next, expected) = (0, 0);
        foreach (var waiting in new[] { 1, 2, 5, 1, 40, 3 })
        {
            for (; next < expected + waiting; next++)
            {
                _queue.Enqueue(TestActor, new Envelope(next, TestActor));
            }

            Assert.Equal((waiting, true), (_queue.Count, _queue.HasMessages));
            for (; expected < next; expected++)
            {
                Assert.True(_queue.TryDequeue(out var envelope));
                Assert.Equal(expected, envelope.Message);
            }

            Assert.False(_queue.TryDequeue(out _));
            Assert.False(_queue.HasMessages);
        }
    }

    [Fact]
    public async Task Senders_on_many_threads_lose_no_message_and_keep_their_order()
    {
        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var number = 0; number < Messages; number++)
            {
                _queue.Enqueue(TestActor, new Envelope((sender, number), TestActor));
            }
        })).ToArray();
        var next = new int[Senders];
        for (var count = 0; count < Senders * Messages;)
        {
            if (_queue.TryDequeue(out var envelope))
            {
                var (sender, number) = ((int, int))envelope.Message;
                Assert.Equal(next[sender]++, number);
                count++;
            }
            else
            {
                await Task.Yield();
            }
        }

        await Task.WhenAll(senders);
        Assert.False(_queue.HasMessages);
    }

    [Fact]
    public void Unread_messages_of_a_dead_actor_go_to_the_dead_letters()
    {
        for (var number = 0; number < 3; number++)
        {
            _queue.Enqueue(TestActor, new Envelope(number, TestActor));
        }

        var letters = new LoopMessageQueue();
        _queue.CleanUp(TestActor, letters);
        Assert.Equal((0, 3), (_queue.Count, letters.Count));
    }

    [Fact]
    public async Task Akka_gives_the_loop_mailbox_to_an_actor_that_asks_for_it()
    {
        LoopDispatchers.Of(Sys); // defines it
        var echo = Sys.ActorOf(Props.Create(() => new Echo()).WithMailbox(LoopMailbox.Id));
        echo.Tell("hello");
        await ExpectMsgAsync("hello");
        Assert.IsType<LoopMessageQueue>(Assert.IsType<ActorCell>(((RepointableActorRef)echo).Underlying).Mailbox?.MessageQueue);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
