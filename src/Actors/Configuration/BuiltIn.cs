namespace ActorLoad.Configuration;

/// <summary>The run files that come with the program.</summary>
public static class BuiltIn
{
    /// <summary>The name of <see cref="ReferenceConf"/> in errors.</summary>
    public const string ReferenceName = "reference.conf";

    /// <summary>Every key with its default and its meaning: the schema of run files.</summary>
    public static string ReferenceConf { get; } = Read("ActorLoad.reference.conf");

    /// <summary>The run without a file, against the embedded target.</summary>
    public static string QuickConf { get; } = Read("ActorLoad.quick.conf");

    private static string Read(string resource)
    {
        using var stream = typeof(BuiltIn).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the program was built without {resource}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
