using System.IO.Compression;
using ActorLoad.Hosting.Journal;
using ActorLoad.Runs;
using Microsoft.AspNetCore.Http.Features;

namespace ActorLoad.Hosting.Daemon;

/// <summary><c>GET /runs/{id}/archive</c> and <c>GET /runs/archive</c>: the files of one run, or of all, as a ZIP file that is made while
/// it is sent.</summary>
internal sealed class RunArchive(ResultsDirectory results, TimeProvider time, ILogger<RunArchive> log)
{
    // Compressing takes a core. A client that reads too slowly is cut off by the web server.
    private const int MostArchives = 2;

    private const int FirstYearOfZip = 1980;

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);

    private readonly OwnThreads _threads = new("archives", MostArchives);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/runs/{id}/archive", async (string id, HttpContext context, CancellationToken stop) =>
            await OnThreadAsync(() => results.Find(id), stop) is null
                ? Problems.Of(StatusCodes.Status404NotFound, "there is no such run")
                : Answer(context, $"{id}.zip", [id]));
        routes.MapGet("/runs/archive", async (HttpContext context, CancellationToken stop) =>
            Answer(context, "actorload-runs.zip", await OnThreadAsync(() => results.Ids().ToArray(), stop)));
    }

    private Task<T> OnThreadAsync<T>(Func<T> work, CancellationToken stop) =>
        _threads.RunAsync(work, Turn, Timeout.InfiniteTimeSpan, time, stop);

    private IResult Answer(HttpContext context, string name, string[] ids)
    {
        // The framework's archive writes the end of an entry synchronously. It has a thread of its own.
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        return Results.Stream(stream => OnThreadAsync(() => Write(stream, ids), context.RequestAborted), "application/zip", name);
    }

    private int Write(Stream stream, string[] ids)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var file in ids.SelectMany(results.FilesOf))
        {
            // A run that goes on has more lines in the meantime: the archive has those that were there when it came to them.
            using var content = Open(file);
            if (content is not null)
            {
                var name = $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)}";
                var entry = archive.CreateEntry(name, CompressionLevel.Fastest);
                var written = File.GetLastWriteTime(content.SafeFileHandle);
                if (written.Year >= FirstYearOfZip)
                {
                    entry.LastWriteTime = written;
                }

                using var packed = entry.Open();
                content.CopyTo(packed);
            }
        }

        return ids.Length;
    }

    private FileStream? Open(string file)
    {
        try
        {
            return StoredFile.Open(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("{File} is not in the archive of its run: {Problem}", file, exception.Message);
            return null;
        }
    }
}
