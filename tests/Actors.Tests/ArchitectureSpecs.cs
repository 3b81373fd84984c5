using ActorLoad.Metrics;
using NetArchTest.Rules;
using Xunit;

namespace ActorLoad.Actors.Tests;

/// <summary>The arrows between the folders of src/Actors, as docs/architecture.md draws them: nothing points back.</summary>
public class ArchitectureSpecs
{
    // Each folder may use those before it.
    private static readonly string[] Floors =
        ["Metrics", "Resp", "Load", "Transport", "Connections", "Observers", "Configuration", "Diagnosis", "Doctor", "Monitoring", "Runs"];

    // Neighbours on two floors that have nothing to tell each other.
    private static readonly (string From, string To)[] Strangers =
        [("Transport", "Load"), ("Load", "Resp"), ("Diagnosis", "Resp"), ("Observers", "Load"), ("Observers", "Connections"), ("Diagnosis", "Connections"), ("Doctor", "Connections"), ("Monitoring", "Connections"), ("Monitoring", "Configuration"),
            ("Monitoring", "Diagnosis"), ("Monitoring", "Doctor"), ("Monitoring", "Transport"), ("Runs", "Monitoring")];

    public static TheoryData<string, string> Forbidden
    {
        get
        {
            var forbidden = new TheoryData<string, string>();
            for (var floor = 0; floor < Floors.Length; floor++)
            {
                foreach (var above in Floors[(floor + 1)..])
                {
                    forbidden.Add(Floors[floor], above);
                }
            }

            foreach (var (from, to) in Strangers)
            {
                forbidden.Add(from, to);
            }

            return forbidden;
        }
    }

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void Folder_does_not_use_a_forbidden_folder(string from, string to) => Assert.Empty(Users(from, to));

    [Fact]
    public void Use_of_another_folder_is_found() => Assert.Contains("ActorLoad.Connections.ConnectionActor", Users("Connections", "Transport"));

    [Fact]
    public void Every_folder_has_its_floor() => Assert.Equal(
        Floors.Order(StringComparer.Ordinal),
        Types.InAssembly(typeof(Outcome).Assembly).That().ResideInNamespaceStartingWith("ActorLoad.").GetTypes()
            .Select(type => type.Namespace!.Split('.')[1]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Library_uses_no_console_and_no_web() => Assert.Empty(Types.InAssembly(typeof(Outcome).Assembly)
        .That().HaveDependencyOnAny("System.Console", "Microsoft.AspNetCore", "Spectre.Console", "System.CommandLine").GetTypes());

    private static IEnumerable<string?> Users(string from, string to) => Types.InAssembly(typeof(Outcome).Assembly)
        .That().ResideInNamespaceStartingWith($"ActorLoad.{from}").And().HaveDependencyOn($"ActorLoad.{to}").GetTypes().Select(type => type.FullName);
}
