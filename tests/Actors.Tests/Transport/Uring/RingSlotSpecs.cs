using System.Text;
using ActorLoad.Peers.Faults;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>A slot, with its buffers, has one owner at a time, and nothing of the last one reaches the next.</summary>
public sealed class RingSlotSpecs : TransportSpecs
{
    private RingLoop Ring => (RingLoop)Loop;

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => Rings.Create(time, reportFailure);

    [SkippableFact]
    public async Task Slot_is_reused_only_after_the_kernel_finished_its_last_operation()
    {
        await using var peer = FaultPeer.Hanging();
        var first = (RingLink)await ConnectAsync(peer);
        var free = (RingLink)await ConnectAsync(peer);
        await CloseAsync(free);
        await Loop.UntilAsync(() => Ring.SlotsInUse == 1);
        var second = (RingLink)await Loop.OnLoopAsync(() =>
        {
            first.Receive(Loop.Deadline(Patience));
            first.Close();
            return Loop.Open(Owner, new LinkRequest(peer.EndPoint, Abortive, Loop.Deadline(Patience)));
        });
        Assert.Same(free.Slot, second.Slot);
        await Owner.ExpectMsgAsync<Connected>(Patience);
        await Loop.UntilAsync(() => Ring.SlotsInUse == 1);
        Assert.Same(first.Slot, ((RingLink)await ConnectAsync(peer)).Slot);
    }

    [SkippableFact]
    public async Task A_late_completion_does_not_reach_the_next_owner_of_its_slot_and_is_reported()
    {
        await using var peer = FaultPeer.Answering();
        var first = (RingLink)await ConnectAsync(peer);
        var stale = first.Slot.UserData(RingOperation.Receive);
        await CloseAsync(first);
        await Loop.UntilAsync(() => Ring.SlotsInUse == 0);
        var second = (RingLink)await ConnectAsync(peer);
        Assert.Same(first.Slot, second.Slot);
        await BeginReceiveAsync(second);

        // No kernel sends one that it owes nobody, so this is forged: what would be the end of the peer's stream, if it were heard.
        await Loop.OnLoopAsync(() => { Ring.Ring.Prepare(0, -1, stale); });
        await AwaitConditionAsync(() => Task.FromResult(!Failures.IsEmpty), Patience);
        Assert.Contains("after its slot had been given out again", Assert.Single(Failures).Message, StringComparison.Ordinal);
        await HeardNothingAsync();

        await CloseAsync(second);
        await Loop.UntilAsync(() => Ring.SlotsInUse == 0); // and it did not count as an end either
    }

    [SkippableTheory]
    [InlineData(400)]
    [InlineData(10_000_000)]
    public async Task Closed_link_frees_its_slot_during_any_operation(int length)
    {
        await using var deaf = FaultPeer.Scripted((_, stop) => Task.Delay(Timeout.Infinite, stop));
        await using var full = await FaultPeer.NotAcceptingAsync();
        var command = new string('x', length);
        var links = new List<Link>();
        for (var index = 0; index < 5; index++)
        {
            links.Add(await ConnectAsync(deaf));
        }

        links.Add(await OpenAsync(full.EndPoint));
        await BeginReceiveAsync(links[0]);
        await BeginExchangeAsync(links[1], command);
        await BeginExchangeAsync(links[2], command, TimeSpan.FromTicks(1));
        await FailsAsync(links[2], LinkFault.TimedOut);
        await Loop.OnLoopAsync(() =>
        {
            links[3].Exchange(Write(command, links[3]), Loop.Deadline(Patience));
            links.ForEach(link => link.Close()); // in the turn in which it began
        });
        await Loop.UntilAsync(() => Ring.SlotsInUse == 0);
        await HeardNothingAsync();
        Assert.Empty(Failures);
    }

    [SkippableFact]
    public async Task Data_for_one_owner_of_a_slot_never_reaches_the_next()
    {
        // Every connection asks for its own number and gets it, again and again, until it is closed with the next answer on its way.
        const int Rounds = 400;
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            var number = (await connection.ReadCommandAsync(stop))![1];
            while (true)
            {
                await connection.SendAsync(number + ";", stop);
            }
        });
        var sizes = new[] { 64, 4096, 50 };
        for (var round = 0; round < Rounds; round++)
        {
            var link = await ConnectAsync(peer, Abortive with { ReceiveBuffer = sizes[round / 100 % sizes.Length] });
            var number = $"{round + 10_000}";
            await BeginExchangeAsync(link, $"*2\r\n$4\r\nECHO\r\n$5\r\n{number}\r\n");
            var first = await ReceivedAsync(link);
            Assert.Equal(Repeated(number, first.Length), first);
            await Loop.OnLoopAsync(() =>
            {
                link.Receive(Loop.Deadline(Patience));
                link.Close();
            });
        }

        await Loop.UntilAsync(() => Ring.SlotsInUse == 0);
        await HeardNothingAsync();
        Assert.Empty(Failures);
    }

    private static string Repeated(string number, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(number).Append(';');
        }

        return text.ToString(0, length);
    }
}
