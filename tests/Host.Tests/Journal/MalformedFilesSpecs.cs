using System.Text;
using System.Text.Json;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Daemon;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports;
using ActorLoad.Peers;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Journal;

/// <summary>Files of a run that somebody, or a dying disk, has hurt: they are read as far as they can be, and crash nothing.</summary>
public sealed class MalformedFilesSpecs : IDisposable
{
    private static readonly byte[] Result = Encoding.UTF8.GetBytes(RunResultJson.Serialize(Results.Of(Verdict.Valid)));
    private static readonly byte[] Samples = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 3).Select(at => RunResultJson.Serialize(Results.Snapshot(at)) + "\n")));
    private static readonly string[] Shards =
    [
        "null", "{}", "[]", "-1", "1e999", "1e400", "\"\"", "\"\\ud800\"", "true", "NaN", "{\"a\":1,\"a\":2}", ",", ":", "}", "]", "\0", "\n", "99999999999999999999999", "\"0001-01-01T00:00:00+14:00\"",
    ];

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Run_with_corrupted_files_is_still_listed_and_shown()
    {
        foreach (var seed in MalformedInputs.Seeds(usually: 500))
        {
            var random = new Random(seed);
            using var results = ResultsDirectory.Open(_files[$"{seed}"]);
            var directory = Directory.CreateDirectory(results.PathOf(Results.Id)).FullName;
            Write(RunJournal.HeaderFile, Hurt(Results.Header.ToJson(), random));
            Write(RunJournal.SamplesFile, Hurt(Samples, random));
            if (random.Next(2) == 0)
            {
                Write(RunJournal.ResultFile, Hurt(Result, random));
            }

            var row = Assert.Single(results.Rows());
            if (row.State is RunState.Finished or RunState.Interrupted)
            {
                using var stored = results.Result(Results.Id, CancellationToken.None);
                using var shown = JsonDocument.Parse(stored);
            }

            void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(directory, name), content);
        }
    }

    [Fact]
    public void Corrupted_result_is_read_or_refused()
    {
        foreach (var seed in MalformedInputs.Seeds(usually: 1_000))
        {
            var text = Encoding.UTF8.GetString(Hurt(Result, new Random(seed)));
            if (Record.Exception(() => RunResultJson.Parse(text)) is { } cause)
            {
                Assert.True(cause is JsonException, $"seed {seed}: {cause}");
            }
        }
    }

    [Fact]
    public void Corrupted_result_is_compared_or_refused_with_its_file()
    {
        foreach (var seed in MalformedInputs.Seeds(usually: 500))
        {
            File.WriteAllBytes(_files["result.json"], Hurt(Result, new Random(seed)));
            var errors = new List<SettingsError>();
            var results = StoredResult.ReadAll([_files["result.json"]], errors);
            Assert.Equal(1, results.Count + errors.Count);
            Assert.All(errors, error => Assert.Equal(_files["result.json"], error.Source));
            Assert.All(results, result => ComparisonReport.Of(result, [result], []));
        }
    }

    private static byte[] Hurt(byte[] content, Random random)
    {
        var hurt = new List<byte>(content);
        for (var hits = random.Next(4); hits > 0 && hurt.Count > 0; hits--)
        {
            var at = random.Next(hurt.Count);
            switch (random.Next(5))
            {
                case 0:
                    hurt.RemoveRange(at, hurt.Count - at);
                    break;
                case 1:
                    hurt[at] = (byte)random.Next(256);
                    break;
                case 2:
                    hurt.RemoveRange(at, Math.Min(hurt.Count - at, random.Next(40)));
                    break;
                case 3:
                    var colon = hurt.IndexOf((byte)':', at); // another value
                    hurt.InsertRange(colon < 0 ? at : colon + 1, Encoding.UTF8.GetBytes(Shards[random.Next(Shards.Length)] + ","));
                    break;
                default:
                    var value = hurt.IndexOf((byte)':', at);
                    var end = value < 0 ? -1 : hurt.FindIndex(value, each => each is (byte)',' or (byte)'}' or (byte)'\n');
                    if (end > value && value >= 0)
                    {
                        hurt.RemoveRange(value + 1, end - value - 1);
                        hurt.InsertRange(value + 1, Encoding.UTF8.GetBytes(Shards[random.Next(Shards.Length)]));
                    }

                    break;
            }
        }

        return [.. hurt];
    }
}
