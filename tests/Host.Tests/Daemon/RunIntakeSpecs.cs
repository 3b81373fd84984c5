using System.Text;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Daemon;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public class RunIntakeSpecs
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);
    private static readonly RunSettings Settings = ConfigLoader.Load([]).Settings;

    [Theory]
    [InlineData(1 << 10, 64)]
    [InlineData(64 << 10, 64)]
    [InlineData(1 << 20, 64)]
    [InlineData(4 << 20, 16)]
    [InlineData(16 << 20, 4)]
    public void Intake_reads_fewer_bodies_at_once_when_they_may_be_larger(int maxBody, int most) =>
        Assert.Equal(most, new RunIntake(maxBody, 2, _ => Settings, TimeProvider.System).Most);

    [Fact]
    public async Task Body_waits_until_an_earlier_one_leaves_the_intake()
    {
        var intake = new RunIntake(16 << 20, 2, _ => Settings, TimeProvider.System);
        var held = new List<IDisposable>();
        while (held.Count < intake.Most)
        {
            held.Add(await intake.EnterAsync(CancellationToken.None));
        }

        var next = intake.EnterAsync(CancellationToken.None);
        Assert.False(next.IsCompleted);
        held[0].Dispose();
        held[0].Dispose(); // gives it back once
        using var place = await next.WaitAsync(Hang);
        Assert.False(intake.EnterAsync(CancellationToken.None).IsCompleted);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(4, 2)]
    public async Task Bodies_are_checked_outside_the_thread_pool_and_only_some_at_once(int cores, int most)
    {
        using var gate = new SemaphoreSlim(0);
        using var begun = new SemaphoreSlim(0);
        var inPool = false;
        var intake = new RunIntake(1 << 20, cores, Check, TimeProvider.System);
        var checks = Enumerable.Range(0, 6).Select(_ => intake.CheckAsync("x = 1"u8.ToArray(), CancellationToken.None)).ToArray();
        for (var index = 0; index < most; index++)
        {
            Assert.True(await begun.WaitAsync(Hang));
        }

        Assert.Equal(0, begun.CurrentCount);
        Assert.All(checks, check => Assert.False(check.IsCompleted));
        gate.Release(checks.Length);
        await Task.WhenAll(checks).WaitAsync(Hang);
        Assert.False(inPool);

        RunSettings Check(FileLayer file)
        {
            inPool |= Thread.CurrentThread.IsThreadPoolThread;
            begun.Release();
            gate.Wait(Hang);
            return Settings;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t ")]
    public async Task Empty_body_is_an_error(string body) => await Assert.ThrowsAsync<SettingsException>(
        () => new RunIntake(1 << 20, 2, _ => Settings, TimeProvider.System).CheckAsync(Encoding.UTF8.GetBytes(body), CancellationToken.None));
}
