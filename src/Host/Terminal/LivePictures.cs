using System.Threading.Channels;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Draws the newest picture on a task of its own, so that a slow or stopped terminal delays nothing else. Older pictures are
/// dropped; the last one is always drawn.</summary>
/// <param name="draw">Makes a picture of its data.</param>
internal sealed class LivePictures<T>(Func<T, Profile, IRenderable> draw)
{
    private readonly Channel<T> _pictures = Channel.CreateBounded<T>(
        new BoundedChannelOptions(2) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Shows a picture as soon as the terminal takes it.</summary>
    public void Show(T picture) => _pictures.Writer.TryWrite(picture);

    /// <summary>No picture follows.</summary>
    public void Close() => _pictures.Writer.TryComplete();

    /// <summary>Draws until <see cref="Close"/> was called.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="atFirst">Stands there before the first picture.</param>
    /// <param name="keepsLast">The last picture stays on the screen.</param>
    public Task DrawAsync(IAnsiConsole console, string atFirst, bool keepsLast) =>
        console.Live(new Text(atFirst)).AutoClear(!keepsLast).StartAsync(async live =>
        {
            await foreach (var picture in _pictures.Reader.ReadAllAsync())
            {
                live.UpdateTarget(draw(picture, console.Profile));
                live.Refresh();
            }
        });
}
