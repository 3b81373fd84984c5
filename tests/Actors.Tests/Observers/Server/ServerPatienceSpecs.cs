using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Observers.Server;
using ActorLoad.Peers;
using ActorLoad.Peers.Requirements;
using ActorLoad.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Server;

/// <summary>The limit is for an answer, and not for all of them: a server at the end of a long line answers each of its questions late.</summary>
public sealed class ServerPatienceSpecs
{
    private const int MostSteps = 100;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(2);
    private readonly ManualTime _time = new();
    private readonly TaskCompletionSource<int> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [RedisFact]
    public async Task Server_that_answers_each_question_in_time_is_waited_for()
    {
        await using var redis = await RedisServer.StartAsync();
        using var connection = await OpenAsync(redis);
        var waiting = connection.WhileItAnswersAsync(_asked.Task, _limit, CancellationToken.None);

        await AnswerAsync(connection, after: 1.5);
        await AnswerAsync(connection, after: 1.5);
        _asked.SetResult(7);

        Assert.Equal(7, await waiting);
    }

    [RedisFact]
    public async Task Server_that_falls_silent_is_reported_as_answering_at_first()
    {
        await using var redis = await RedisServer.StartAsync();
        using var connection = await OpenAsync(redis);
        var waiting = connection.WhileItAnswersAsync(_asked.Task, _limit, CancellationToken.None);

        _time.Advance(_limit);

        var cause = await Assert.ThrowsAsync<ServerUnavailableException>(() => waiting);
        Assert.Equal(("answered at first, and then did not answer within 2 s", LossKind.Silence), (cause.Message, cause.Kind));
    }

    [RedisFact]
    public async Task Server_that_never_finishes_its_answers_is_given_up()
    {
        await using var redis = await RedisServer.StartAsync();
        using var connection = await OpenAsync(redis);
        var waiting = connection.WhileItAnswersAsync(_asked.Task, _limit, CancellationToken.None);

        for (var step = 0; step < MostSteps && !waiting.IsCompleted; step++)
        {
            await AnswerAsync(connection, after: 1);
        }

        var cause = await Assert.ThrowsAsync<ServerUnavailableException>(() => waiting);
        Assert.Equal("answered, and had not told all within 10 s", cause.Message);
    }

    private async Task AnswerAsync(ServerConnection connection, double after)
    {
        await connection.AskAsync("PING");
        _time.Advance(TimeSpan.FromSeconds(after));
    }

    private Task<ServerConnection> OpenAsync(RedisServer redis) =>
        ServerConnection.OpenAsync(redis.EndPoint, Credentials.None, TimeSpan.FromSeconds(30), _time, null);
}
