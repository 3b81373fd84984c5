namespace ActorLoad.Hosting.Tests;

/// <summary>A directory of one test, gone after it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorload-");

    public string this[string name] => Path.Combine(_directory.FullName, name);

    public string Root => _directory.FullName;

    /// <summary>Writes a file there and answers with its path.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
