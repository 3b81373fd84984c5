using System.IO.Pipelines;
using System.Text;
using ActorLoad.Hosting.Daemon;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public class RunBodySpecs
{
    private const int Limit = 100_000;

    private int _entered;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(16_383, 0)]
    [InlineData(16_385, 1)]
    [InlineData(40_000, 1)]
    [InlineData(Limit, 1)]
    public async Task Body_enters_the_intake_only_when_it_is_long(int length, int entered)
    {
        var text = new string('x', length);
        var (body, problem) = await ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), TimeProvider.System);
        Assert.Null(problem);
        Assert.Equal(text, Encoding.UTF8.GetString(body.Span));
        Assert.Equal(entered, _entered);
    }

    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(2 * Limit)]
    public async Task Body_that_is_too_long_is_refused_with_413(int length)
    {
        var (_, problem) = await ReadAsync(new MemoryStream(new byte[length]), TimeProvider.System);
        Assert.Equal(413, Status(problem));
    }

    [Fact]
    public async Task Slow_client_is_refused_with_408()
    {
        var (_, problem) = await ReadAsync(new Pipe().Reader.AsStream(), new ImpatientTime());
        Assert.Equal(408, Status(problem));
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(BadHttpRequestException))]
    public async Task Failure_while_a_body_is_read_is_refused_with_400(Type failure)
    {
        var (_, problem) = await ReadAsync(new BrokenStream((Exception)Activator.CreateInstance(failure, "broken")!), TimeProvider.System);
        Assert.Equal(400, Status(problem));
    }

    private Task<(ReadOnlyMemory<byte> Body, IResult? Problem)> ReadAsync(Stream body, TimeProvider time)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = body;
        return RunBody.ReadAsync(
            context.Request,
            Limit,
            () =>
            {
                _entered++;
                return Task.CompletedTask;
            },
            time);
    }

    private static int? Status(IResult? problem) => (problem as IStatusCodeHttpResult)?.StatusCode;

    /// <summary>Every limit is over at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }

    private sealed class BrokenStream(Exception failure) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw failure;
    }
}
