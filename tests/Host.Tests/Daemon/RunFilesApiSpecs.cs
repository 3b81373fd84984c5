using System.IO.Compression;
using System.Text.Json;
using ActorLoad.Peers.Faults;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

/// <summary>What the page is made of beside the list: checks of run files, archives, deletion, and what browsers are told.</summary>
public sealed class RunFilesApiSpecs(RunningDaemon running) : IClassFixture<RunningDaemon>
{
    private readonly DaemonProcess _daemon = running.Process;

    [Fact]
    public async Task A_run_file_is_checked_without_being_started()
    {
        var right = await PostAsync("/runs/check", "actorload { target.endpoints = [embedded], load = [ { connections = 7, count = 1 } ] }");
        Assert.Equal("the embedded server: one burst of 7 connections", right.GetProperty("storm").GetString());
        Assert.Equal(0, right.GetProperty("errors").GetArrayLength());
        var wrong = await PostAsync("/runs/check", "actorload {\n conections = 1\n connection.hold = 5\n}");
        var errors = wrong.GetProperty("errors").EnumerateArray().ToArray();
        Assert.Equal([(2, "conections"), (3, "connection.hold")], errors.Select(error => (error.GetProperty("line").GetInt32(), error.GetProperty("key").GetString()!)));
        Assert.All(errors, error => Assert.Equal("request", error.GetProperty("source").GetString()));
        Assert.StartsWith("request:2: conections: ", errors[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        await DaemonProcess.ProblemAsync(_daemon.Client.PostAsync("/runs/check", new ByteArrayContent([0xFF, 0xFE])), 400);
    }

    [Fact]
    public async Task The_doctor_is_asked_before_a_run()
    {
        await using var peer = FaultPeer.Answering();
        var report = await PostAsync("/runs/doctor", RunsApiSpecs.Body(peer, 5));
        Assert.Equal(peer.Target, report.GetProperty("addresses")[0].GetString());
        Assert.NotEqual(0, report.GetProperty("checks").GetArrayLength());
        await DaemonProcess.ProblemAsync(_daemon.Client.PostAsync("/runs/doctor", new StringContent("actorload.nonsense = 1")), 400);
        await DaemonProcess.ProblemAsync(
            _daemon.Client.PostAsync("/runs/doctor", new StringContent("actorload.target.endpoints = [\"192.0.2.1:6379\"]")), 422);
    }

    [Fact]
    public async Task Archives_hold_the_files_of_runs()
    {
        await using var peer = FaultPeer.Answering();
        var id = await _daemon.RunAsync(RunsApiSpecs.Body(peer, 5));
        await _daemon.EndOfAsync(id);
        File.CreateSymbolicLink(running.Files[$"results/{id}/link"], "/etc/passwd");
        foreach (var path in new[] { $"/runs/{id}/archive", "/runs/archive" })
        {
            using var response = await _daemon.Client.GetAsync(path);
            Assert.Equal("application/zip", response.Content.Headers.ContentType!.MediaType);
            Assert.NotNull(response.Content.Headers.ContentDisposition!.FileName);
            using var archive = new ZipArchive(await response.Content.ReadAsStreamAsync());
            Assert.DoesNotContain(archive.Entries, entry => entry.Name == "link");
            foreach (var name in new[] { "run.json", "samples.jsonl", "result.json" })
            {
                using var reader = new StreamReader(archive.GetEntry($"{id}/{name}")!.Open());
                Assert.Equal(await File.ReadAllTextAsync(running.Files[$"results/{id}/{name}"]), await reader.ReadToEndAsync());
            }
        }

        await DaemonProcess.ProblemAsync(_daemon.Client.GetAsync("/runs/20261122-225935-4f2a9c/archive"), 404);
    }

    [Fact]
    public async Task An_ended_run_is_deleted_and_a_running_one_is_not()
    {
        await using var peer = FaultPeer.Hanging();
        var id = await _daemon.RunAsync(RunsApiSpecs.Body(peer, 5));
        await _daemon.RowAsync(id, state => state == "running");
        await DaemonProcess.ProblemAsync(_daemon.Client.DeleteAsync($"/runs/{id}/results"), 409);
        await _daemon.Client.DeleteAsync($"/runs/{id}");
        await _daemon.EndOfAsync(id);
        using (var deleted = await _daemon.Client.DeleteAsync($"/runs/{id}/results"))
        {
            Assert.Equal(204, (int)deleted.StatusCode);
        }

        Assert.Empty(Directory.GetDirectories(running.Files["results"], $"*{id}"));
        await DaemonProcess.ProblemAsync(_daemon.Client.DeleteAsync($"/runs/{id}/results"), 404);
        await DaemonProcess.ProblemAsync(_daemon.Client.DeleteAsync("/runs/..%2Fx/results"), 404);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/runs")]
    [InlineData("/nothing")]
    [InlineData("/assets/page.js")]
    public async Task Every_answer_tells_a_browser_what_it_may_do(string path)
    {
        using var response = await _daemon.Client.GetAsync(path);
        var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", string.Join(' ', response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", string.Join(' ', response.Headers.GetValues("Referrer-Policy")));
    }

    private async Task<JsonElement> PostAsync(string path, string body)
    {
        using var response = await _daemon.Client.PostAsync(path, new StringContent(body));
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.Clone();
    }
}
