using System.Collections.Concurrent;
using System.Text;
using ActorLoad.Hosting.Terminal;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal;

public sealed class OutletSpecs : IDisposable
{
    private const int ENOSPC = 28;

    private readonly ConcurrentQueue<string> _written = new();
    private readonly ManualResetEventSlim _reads = new(initialState: true);

    public void Dispose() => _reads.Set(); // whoever waits for it is a background thread

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Output_is_written_in_order_and_whole(bool isView)
    {
        var outlet = Open(isView);
        var large = new string('x', 300_000) + "é";
        outlet.Put("one\n");
        outlet.Put(large);
        outlet.Put("two\n");
        Assert.True(outlet.Flush());
        Assert.Equal("one\n" + large + "two\n", string.Concat(_written));
        Assert.Null(outlet.Problem);
    }

    [Fact]
    public void Unread_view_delays_neither_its_writer_nor_the_end()
    {
        _reads.Reset();
        var outlet = Open(isView: true);
        for (var line = 0; line < 100_000; line++)
        {
            outlet.Put("a line of progress that goes nowhere\n");
        }

        outlet.Flush(); // ends
        Assert.Null(outlet.Problem);
    }

    [Fact]
    public void Failed_write_of_a_view_is_skipped_and_the_next_is_tried()
    {
        var isFull = true;
        var outlet = new Outlet(bytes => isFull ? ENOSPC : Write(bytes), isView: true, TimeProvider.System);
        outlet.Put("lost\n");
        outlet.Flush();
        isFull = false;
        outlet.Put("kept\n");
        outlet.Flush();
        Assert.Equal(["kept\n"], _written);
    }

    [Fact]
    public void Unwritable_result_reports_the_reason_and_writes_nothing_later()
    {
        var isFull = true;
        var outlet = new Outlet(bytes => isFull ? ENOSPC : Write(bytes), isView: false, TimeProvider.System);
        outlet.Put("{");
        Assert.False(outlet.Flush());
        Assert.Equal("No space left on device", outlet.Problem);
        isFull = false;
        outlet.Put("}");
        Assert.False(outlet.Flush());
        Assert.Empty(_written);
    }

    [Fact]
    public void Unread_result_is_given_up_when_the_process_wants_to_end()
    {
        _reads.Reset();
        var outlet = Open(isView: false);
        outlet.Put("{}");
        outlet.Hurry();
        Assert.False(outlet.Flush());
        Assert.Equal("nobody reads it", outlet.Problem);
    }

    [Fact]
    public void Abandoned_output_reports_no_problem()
    {
        var outlet = new Outlet(_ => ENOSPC, isView: false, TimeProvider.System);
        outlet.Put("{}");
        outlet.Flush();
        outlet.Abandon();
        Assert.Null(outlet.Problem);
        Assert.True(outlet.Flush());
    }

    [Fact]
    public void A_line_is_written_in_one_piece()
    {
        var writer = new OutletWriter(Open(isView: true));
        writer.WriteLine("a line");
        writer.Write('b');
        writer.Write('\n');
        writer.Write("c {0}", 1);
        writer.WriteLine();
        Open(isView: true).Flush();
        SpinWait.SpinUntil(() => _written.Count == 4, TimeSpan.FromSeconds(30));
        Assert.Equal(["a line\n", "b\n", "c 1", "\n"], _written);
    }

    private Outlet Open(bool isView) => new(Write, isView, new SteppedTime(TimeSpan.FromMilliseconds(_reads.IsSet ? 0 : 50)));

    private int Write(byte[] bytes)
    {
        _reads.Wait();
        _written.Enqueue(Encoding.UTF8.GetString(bytes));
        return 0;
    }
}
