using System.Text;
using ActorLoad.Hosting.Reports;

namespace ActorLoad.Hosting.Journal;

/// <summary>The file of a search, written anew after each probe, so that a killed process leaves all that was found.</summary>
internal sealed class SearchFile : IDisposable
{
    public const string Name = "search.json";

    private readonly DirectoryLock _lock;
    private readonly string _path;

    private SearchFile(DirectoryLock @lock, string path) => (_lock, _path) = (@lock, path);

    /// <summary>Reserves the directory and replaces the file of an earlier search. Throws what file operations throw.</summary>
    public static SearchFile Create(string directory, SearchReport report)
    {
        var file = new SearchFile(DirectoryLock.Take(directory), Path.Combine(directory, Name));
        try
        {
            file.Write(report);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes the search so far. Throws what file operations throw.</summary>
    public void Write(SearchReport report) => AtomicFile.Write(_path, Encoding.UTF8.GetBytes(SearchJson.Of(report)));

    public void Dispose() => _lock.Dispose();
}
