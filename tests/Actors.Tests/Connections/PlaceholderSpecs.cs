using System.Globalization;
using ActorLoad.Connections;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

public sealed class PlaceholderSpecs
{
    private static readonly Sender Sender = new(7, 42) { Connection = 5_000_000_000, Attempt = 2, Command = 3, Seed = 1, Fleet = 1 };

    [Theory]
    [InlineData("{burst}:{client}", "7:42")]
    [InlineData("{connection}", "5000000000")]
    [InlineData("{attempt}", "2")]
    [InlineData("<{fleet}>", "<web>")]
    [InlineData("{random:5-5}", "5")]
    [InlineData("{random:9223372036854775807-9223372036854775807}", "9223372036854775807")]
    [InlineData("{key:user:1}", "user:0")]
    [InlineData("{key:a:b:1}x", "a:b:0x")]
    [InlineData("{{random:1-2}", "{random:1-2}")]
    public void Placeholder_stands_for_a_text_of_its_connection(string word, string text) => Assert.Equal(text, Fill(word, Sender));

    [Theory]
    [InlineData("{clinet}", "unknown placeholder {clinet}, perhaps {client}; known are {burst}, {client}, ")]
    [InlineData("{rnd:1-2}", "unknown placeholder {rnd:1-2}; known are ")]
    [InlineData("{payloads:10}", "unknown placeholder {payloads:10}, perhaps {payload}; ")]
    [InlineData("{random}", "has {random}, which is written {random:LO-HI}")]
    [InlineData("{random:}", "has {random:}, which is written {random:LO-HI}")]
    [InlineData("{client:3}", "has {client:3}, which is written {client}")]
    [InlineData("{random:6-1}", "has {random:6-1}: the range ends at 1, before it begins at 6")]
    [InlineData("{random:5}", "has {random:5}: the range has two whole numbers from 0 on, such as 1-100")]
    [InlineData("{random:-5-1}", "has {random:-5-1}: the range has two whole numbers")]
    [InlineData("{random:0-9223372036854775808}", "the range has two whole numbers")]
    [InlineData("{payload:0}", "has {payload:0}: a payload has 1 to 1048576 bytes")]
    [InlineData("{payload:1048577}", "a payload has 1 to 1048576 bytes")]
    [InlineData("{payload:4KiB}", "a payload has 1 to 1048576 bytes")]
    [InlineData("{key:user}", "has {key:user}: a key has a prefix, and a number of keys from 1 on, such as {key:user:1000}")]
    [InlineData("{key:user:0}", "a key has a prefix")]
    [InlineData("{key::5}", "a key has a prefix")]
    public void Wrong_placeholder_is_an_error_with_what_is_right(string word, string problem)
    {
        Assert.False(Script.TryParse([$"SET {word} x"], out _, out var told));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(1 << 20)]
    public void Payload_has_its_bytes_and_is_the_same_for_all(int bytes)
    {
        var payload = Fill($"{{payload:{bytes}}}", Sender);

        Assert.Equal(bytes, payload.Length);
        Assert.DoesNotContain(payload, letter => letter is < 'a' or > 'z');
        Assert.Equal(payload, Fill($"{{payload:{bytes}}}", new Sender(1, 2)));
    }

    [Property(MaxTest = 500)]
    public void Random_number_lies_in_its_range_and_is_the_same_for_the_same_sender(NonNegativeInt low, NonNegativeInt span, NonNegativeInt client, int seed)
    {
        var (high, sender) = ((long)low.Get + span.Get, new Sender(3, client.Get) { Seed = seed });
        var text = Fill($"{{random:{low.Get}-{high}}}", sender);

        Assert.InRange(long.Parse(text, CultureInfo.InvariantCulture), low.Get, high);
        Assert.Equal(text, Fill($"{{random:{low.Get}-{high}}}", sender));
    }

    [Fact]
    public void Random_numbers_differ_by_place_and_cover_their_range_evenly()
    {
        var senders = Enumerable.Range(0, 600).Select(client => new Sender(0, client) { Seed = 1 }).ToArray();
        int[] dice = [.. senders.Select(sender => int.Parse(Fill("{random:1-6}", sender), CultureInfo.InvariantCulture))];

        Assert.Equal(Enumerable.Range(1, 6), dice.Distinct().Order());
        Assert.All(dice.CountBy(number => number), number => Assert.InRange(number.Value, 60, 140));
        var one = senders[0];
        Sender[] others = [one with { Burst = 1 }, one with { Attempt = 1 }, one with { Command = 1 }, one with { Seed = 2 }, one with { Fleet = 1 }, senders[1]];
        Assert.Equal(7, others.Append(one).Select(sender => Fill("{random:0-9223372036854775807}", sender)).Distinct().Count());
        var two = Fill("{random:0-999999999} {random:0-999999999}", one).Split(' ');
        Assert.NotEqual(two[0], two[1]);
    }

    [Property(MaxTest = 300)]
    public void Think_times_are_never_negative_and_keep_their_mean(PositiveInt milliseconds)
    {
        var mean = TimeSpan.FromMilliseconds(milliseconds.Get);
        foreach (var distribution in Enum.GetValues<ThinkDistribution>())
        {
            var think = new ThinkTime(mean, distribution);
            TimeSpan[] times = [.. Enumerable.Range(0, 400).Select(client => think.Before(new Sender(0, client) { Seed = milliseconds.Get }))];
            Assert.DoesNotContain(times, time => time < TimeSpan.Zero);
            Assert.InRange(times.Average(time => time / mean), 0.75, 1.25);
            Assert.Equal(distribution == ThinkDistribution.Fixed, times.Distinct().Count() == 1);
        }
    }

    private static string Fill(string word, Sender sender)
    {
        Assert.True(Script.TryParse([new ScriptLine($"ECHO \"{word}\"")], new ScriptSettings { Fleet = "web" }, out var script, out var problem), problem);
        return Sent.Commands(script!.Step(0), sender).Single()[1];
    }
}
