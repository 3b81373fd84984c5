using ActorLoad.Configuration;
using ActorLoad.Doctor;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Observers.Server;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Runs;

/// <summary>Waits after a probe until the servers have as few clients as before the first. A server that does not tell gets a fixed
/// pause.</summary>
internal sealed class CoolDown
{
    /// <summary>The usual longest wait.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>The pause for a server whose clients are not seen.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Clients of a probe that may stay: other clients of the server come and go, too.
    private const int PerCent = 100;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private readonly RunSettings _settings;
    private readonly ResolvedTarget _target;
    private readonly TimeProvider _time;
    private ServerReadings[] _before = [];

    private CoolDown(RunSettings settings, ResolvedTarget target, TimeProvider time) =>
        (_settings, _target, _time) = (settings, target, time);

    /// <summary>Notes how many clients each server has.</summary>
    public static async Task<CoolDown> BeginAsync(
        RunSettings settings, ResolvedTarget target, TimeProvider time, CancellationToken stop)
    {
        var coolDown = new CoolDown(settings, target, time);
        coolDown._before = await coolDown.AskAsync(stop);
        return coolDown;
    }

    /// <summary>Waits. Returns null once each server is as before, else what is wrong.</summary>
    /// <param name="value">The value of the probe.</param>
    /// <param name="longest">The longest wait.</param>
    /// <param name="stop">Ends the wait by a cancellation.</param>
    public async Task<Unrecovered?> WaitAsync(int value, TimeSpan longest, CancellationToken stop)
    {
        if (_before.All(server => Clients(server) is null))
        {
            await Task.Delay(Pause, _time, stop);
        }

        var began = _time.GetTimestamp();
        while (true)
        {
            var servers = await AskAsync(stop);
            if (servers.Zip(_before).All(server => IsBack(server.First, server.Second, value)))
            {
                return null;
            }

            if (_time.GetElapsedTime(began) >= longest)
            {
                return Judge(servers, value, longest);
            }

            await Task.Delay(Between, _time, stop);
        }
    }

    private Unrecovered Judge(ServerReadings[] servers, int value, TimeSpan longest)
    {
        var isLost = servers.Zip(_before).All(server =>
            server is { First: { IsDown: true, Obstacle: not ServerObstacle.Full }, Second.IsDown: false });
        var late = servers.Zip(_before).First(server => !IsBack(server.First, server.Second, value)).First;
        return new Unrecovered($"{late.Endpoint} {late.Problem ?? $"still has {Figures.Count(late.Others)} other clients"} "
            + $"{Figures.Span(longest)} later", isLost);
    }

    private static long? Clients(ServerReadings server) => server.Reading?.Connected is null ? null : server.Others;

    // What was down from the start, such as a server that wants the password of the script, tells nothing later either.
    private static bool IsBack(ServerReadings server, ServerReadings before, int value) =>
        before.IsDown || (Clients(before) is { } clients ? Clients(server) <= clients + (value / PerCent) : !server.IsDown);

    private Task<ServerReadings[]> AskAsync(CancellationToken stop)
    {
        var endpoints = _target.Endpoints.Distinct();
        var words = _settings.Words;
        return !_settings.Observers.Server
            ? Task.FromResult<ServerReadings[]>([.. endpoints.Select(ServerProbe.Look)]) // only the storm may connect
            : Task.WhenAll(endpoints.Select(endpoint => ServerProbe.AskAsync(
                endpoint, _settings.CredentialsOf(endpoint, _target.Endpoints), AnswerLimit, _time, stop, words)));
    }
}

/// <summary>A target that is not as before a probe.</summary>
/// <param name="Sentence">What is wrong, from the endpoint on.</param>
/// <param name="IsLost">True if no server of it can be used any more.</param>
internal sealed record Unrecovered(string Sentence, bool IsLost);
