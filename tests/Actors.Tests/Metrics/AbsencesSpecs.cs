using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public sealed class AbsencesSpecs
{
    private readonly Absences _absences = new();

    [Fact]
    public void Absence_seen_by_two_lanes_counts_once()
    {
        _absences.Add([new("a:1", 5.9, 8.2), new("b:1", 6, 7), new("a:1", 6.1, 8.7), new("a:1", 20, 21)]);

        Assert.Equal([new("a:1", 5.9, 8.7), new("b:1", 6, 7), new("a:1", 20, 21)], _absences.All);
    }

    [Fact]
    public void Absence_that_overlaps_two_others_joins_them()
    {
        _absences.Add([new("a:1", 1, 2), new("a:1", 4, 5), new("a:1", 1.5, 4.5)]);

        Assert.Equal([new("a:1", 1, 5)], _absences.All);
    }

    [Fact]
    public void Longest_absences_are_kept()
    {
        for (var second = 0; second < 2 * Absences.Most; second++)
        {
            _absences.Add(new Absence("a:1", second, second + (second == 7 ? 0.9 : second < 150 ? 0.1 : 0.5)));
        }

        Assert.Equal(Absences.Most, _absences.All.Count);
        Assert.Equal(51, _absences.All.Count(absence => absence.To - absence.From > 0.3));
    }
}
