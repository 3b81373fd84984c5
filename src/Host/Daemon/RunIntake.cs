using ActorLoad.Configuration;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Bounds the cost of posted run files: how many are read and checked at once, and how long a check may take.</summary>
internal sealed class RunIntake
{
    // Bytes of all bodies in memory.
    private const int BytesAtOnce = 64 << 20;
    private const int MostAtOnce = 64;
    private const int FewestAtOnce = 4;

    private static readonly TimeSpan PlaceLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(30);

    /// <summary>Longest check of one run file.</summary>
    public static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(10);

    private readonly Func<FileLayer, RunSettings> _check;
    private readonly TimeProvider _time;
    private readonly Places _places;
    private readonly OwnThreads _threads;

    /// <param name="maxBody">Largest run file, in bytes.</param>
    /// <param name="cores">Half of them, at least one, may check at once.</param>
    /// <param name="check">Turns a run file into settings; throws <see cref="SettingsException"/>.</param>
    /// <param name="time">Measures the limits.</param>
    public RunIntake(int maxBody, int cores, Func<FileLayer, RunSettings> check, TimeProvider time)
    {
        (_check, _time) = (check, time);
        Most = Math.Clamp(BytesAtOnce / maxBody, FewestAtOnce, MostAtOnce);
        _places = new Places(Most);
        _threads = new OwnThreads("check", Math.Max(1, cores / 2));
    }

    /// <summary>Most run files that are read and checked at once; others wait.</summary>
    public int Most { get; }

    /// <summary>Waits for a place; dispose the answer to give it back. Throws <see cref="ThreadsBusyException"/> if no place becomes
    /// free.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation) =>
        await _places.TakeAsync(PlaceLimit, _time, cancellation)
            ? new Place(_places)
            : throw new ThreadsBusyException($"{Most} run files are being read and checked, which is the most at once");

    /// <summary>Checks a run file on a thread of its own. Throws <see cref="SettingsException"/>,
    /// <see cref="System.Text.DecoderFallbackException"/>, <see cref="ThreadsBusyException"/>, or <see cref="TimeoutException"/> if the
    /// check takes longer than <see cref="CheckLimit"/>.</summary>
    public Task<RunSettings> CheckAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        _threads.RunAsync(() => _check(RunBody.Parse(body.Span)), TurnLimit, CheckLimit, _time, cancellation);

    private sealed class Place(Places places) : IDisposable
    {
        private Places? _places = places;

        public void Dispose() => Interlocked.Exchange(ref _places, null)?.GiveBack();
    }
}
