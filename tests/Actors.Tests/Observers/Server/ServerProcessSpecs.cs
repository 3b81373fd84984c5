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
    public void A_process_with_the_number_the_name_and_the_age_that_the_server_tells_is_the_server() =>
        Assert.Equal(new ServerProcess(10_032, "1") { Id = 4242, OpenFilesHard = 20_000 }, Find());

    [Fact]
    public void A_process_that_is_known_is_not_questioned()
    {
        Write("4242/comm", "dotnet\n");
        Assert.Equal(new ServerProcess(10_032, "1") { Id = 4242, OpenFilesHard = 20_000 }, ServerProcess.Of(4242, _proc.FullName));
        Assert.Null(ServerProcess.Of(4243, _proc.FullName));
    }

    [Fact]
    public void A_limit_may_be_none()
    {
        Write("4242/limits", "Max open files            unlimited            unlimited            files\n");
        Assert.Equal(long.MaxValue, Find()?.OpenFilesLimit);
    }

    [Fact]
    public void A_server_elsewhere_is_not_looked_for() => Assert.Null(ServerProcess.Find(_reading, isLocal: false, _proc.FullName));

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
    public void A_server_that_was_renamed_is_known_by_the_name_that_it_tells()
    {
        Write("4242/comm", "my-cache-server\n");
        Assert.NotNull(Find(_reading with { Executable = "my-cache-server-of-mine" }));
    }

    [Fact]
    public void A_container_on_this_machine_has_its_memory_and_a_process_that_cannot_be_found()
    {
        var reading = _reading with { ProcessId = 1, TotalSystemMemory = 16_000_000L * 1024 };
        Assert.Equal(new ServerProcess(null, "1"), Find(reading));
    }

    [Theory]
    [InlineData("4242/stat", "nothing")]
    [InlineData("4242/limits", "Max open files")]
    [InlineData("uptime", "")]
    [InlineData("uptime", "99999999999999999999999999")]
    public void A_file_that_cannot_be_understood_finds_nothing(string file, string text)
    {
        Write(file, text);
        Assert.Null(Find());
    }

    [Fact]
    public void No_proc_at_all_finds_nothing() => Assert.Null(ServerProcess.Find(_reading, isLocal: true, Path.Combine(_proc.FullName, "none")));

    [LinuxFact]
    public void The_real_proc_tells_the_age_of_a_process_in_its_unit()
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
