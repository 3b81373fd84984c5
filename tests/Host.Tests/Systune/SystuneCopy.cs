using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Hosting.Tests.Systune;

/// <summary>
/// systune/ copied to where a test may bend it, and a network namespace to carry it out in. Settings that are the whole machine's are never
/// written: each apply here is one of keys of which a kernel gives each namespace its own.
/// </summary>
internal sealed class SystuneCopy : IAsyncDisposable
{
    private static readonly string[] HarmlessToAll = ["--only", "net.ipv4"];
    private static readonly string[] HarmlessOfServer = [.. HarmlessToAll, "--only", "net.core.somaxconn"];

    private readonly TemporaryDirectory _files = new();

    private SystuneCopy(NetworkNamespace network) => Network = network;

    public NetworkNamespace Network { get; }

    public string Folder => _files["systune"];

    /// <summary>Where the values of before are saved.</summary>
    public string State => _files["state/saved"];

    public string ClientSettings => Path.Combine(Folder, "sysctl.d", "60-actorload-client.conf");

    public string ServerSettings => Path.Combine(Folder, "sysctl.d", "60-actorload-server.conf");

    public static async Task<SystuneCopy> CreateAsync()
    {
        var made = new SystuneCopy(await NetworkNamespace.CreateAsync());
        (await ChildProcess.RunAsync("cp", "-r", Path.Combine(Sources.Root, "systune"), made.Folder)).Expect();
        (await ChildProcess.RunAsync("chmod", "-R", "a+rX", made._files.Root)).Expect();
        return made;
    }

    /// <summary>apply in the namespace, of harmless keys only.</summary>
    public Task<ProcessResult> ApplyAsync(params string[] words) => Network.ExecAsync([.. Apply(words)]);

    public Task<ProcessResult> RestoreAsync(params string[] words) => Network.ExecAsync([.. Restore(words)]);

    public IReadOnlyList<string> Apply(params string[] words) =>
        [Path.Combine(Folder, "apply"), "--state", State, .. words.Contains("server") ? HarmlessOfServer : HarmlessToAll, .. words];

    public IReadOnlyList<string> Restore(params string[] words) => [Path.Combine(Folder, "restore"), "--state", State, .. words];

    /// <summary>Every setting of TCP that the namespace has, as text: nothing changed if it is the same.</summary>
    public async Task<string> SettingsAsync() =>
        (await Network.ExecAsync("sysctl", "-a", "-r", @"^net\.(ipv4\.(tcp_|ip_local_)|core\.somaxconn)")).Expect().Stdout;

    public async Task<string> SettingAsync(string key) => (await Network.ExecAsync("sysctl", "-n", key)).Expect().Stdout.Trim();

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        _files.Dispose();
    }
}
