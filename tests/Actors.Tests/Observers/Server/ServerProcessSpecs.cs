using ActorLoad.Observers.Server;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Server;

/// <summary>A /proc that is written for the test; that of a real server is read in <see cref="ServerObserverSpecs"/>.</summary>
public sealed class ServerProcessSpecs : IDisposable
{
    private readonly DirectoryInfo _proc = Directory.CreateTempSubdirectory("al-proc-");
    private readonly ServerReading _reading = ServerReadingSpecs.Of(InfoTexts.Redis); // process 4242, up for 61 s

    public ServerProcessSpecs()
    {
        Write("uptime", "1061.50 2000.00\n");
        Write("meminfo", "MemTotal:       16000000 kB\nMemFree: 1 kB\n");
        Write("sys/vm/overcommit_memory", "1\n");
        Write("4242/comm", "redis-server\n");
        Write("4242/stat", $"4242 (redis-server) S {string.Join(' ', Enumerable.Repeat("1", 18))} 100000 5 5 5\n"); // started at 1000 s
        Write("4242/limits", "Limit                     Soft Limit           Hard Limit           Units\nMax open files            10032                20000                files\n");
    }

    public void Dispose() => _proc.Delete(recursive: true);

    [Fact]
    public void Process_with_the_servers_id_name_and_age_is_the_server() =>
        Assert.Equal(new ServerProcess(10_032, "1") { Id = 4242, OpenFilesHard = 20_000 }, Find());

    [Fact]
    public void Process_with_a_known_id_is_taken_without_checks()
    {
        Write("4242/comm", "dotnet\n");
        Assert.Equal(new ServerProcess(10_032, "1") { Id = 4242, OpenFilesHard = 20_000 }, ServerProcess.Of(4242, _proc.FullName));
        Assert.Null(ServerProcess.Of(4243, _proc.FullName));
    }

    [Fact]
    public void Unlimited_open_files_are_read_as_the_largest_number()
    {
        Write("4242/limits", "Max open files            unlimited            unlimited            files\n");
        Assert.Equal(long.MaxValue, Find()?.OpenFilesLimit);
    }

    [Fact]
    public void Process_of_a_remote_server_is_not_looked_for() => Assert.Null(ServerProcess.Find(_reading, isLocal: false, _proc.FullName));

    [Fact]
    public void A_process_of_another_name_is_not_the_server()
    {
        Write("4242/comm", "sshd\n");
        Assert.Null(Find());
    }

    [Fact]
    public void A_process_of_another_age_is_not_the_server()
    {
        Write("uptime", "1071.50 2000.00\n");
        Assert.Null(Find());
    }

    [Fact]
    public void Renamed_process_is_found_by_the_executable_name_in_INFO()
    {
        Write("4242/comm", "my-cache-server\n");
        Assert.NotNull(Find(_reading with { Executable = "my-cache-server-of-mine" }));
    }

    [Fact]
    public void Container_on_this_machine_is_known_by_its_memory_without_its_process()
    {
        var reading = _reading with { ProcessId = 1, TotalSystemMemory = 16_000_000L * 1024 };
        Assert.Equal(new ServerProcess(null, "1"), Find(reading));
    }

    [Theory]
    [InlineData("4242/stat", "nothing")]
    [InlineData("4242/limits", "Max open files")]
    [InlineData("uptime", "")]
    [InlineData("uptime", "99999999999999999999999999")]
    public void Malformed_proc_file_finds_no_process(string file, string text)
    {
        Write(file, text);
        Assert.Null(Find());
    }

    [Fact]
    public void Missing_proc_finds_no_process() => Assert.Null(ServerProcess.Find(_reading, isLocal: true, Path.Combine(_proc.FullName, "none")));

    [LinuxFact]
    public void Age_of_a_process_is_read_in_the_unit_of_the_real_proc()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        var reading = _reading with
        {
            ProcessId = self.Id,
            UptimeSeconds = (DateTime.Now - self.StartTime).TotalSeconds,
            Executable = File.ReadAllText("/proc/self/comm").Trim(),
        };
        Assert.NotNull(ServerProcess.Find(reading, isLocal: true)?.OpenFilesLimit);
    }

    private ServerProcess? Find(ServerReading? reading = null) => ServerProcess.Find(reading ?? _reading, isLocal: true, _proc.FullName);

    private void Write(string file, string text)
    {
        var path = new FileInfo(Path.Combine(_proc.FullName, file));
        path.Directory!.Create();
        File.WriteAllText(path.FullName, text);
    }
}
