using ActorLoad.Metrics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Stands before every console: whatever is drawn, a terminal obeys nothing in its texts.</summary>
internal sealed class ShownPictures : IRenderHook
{
    public static ShownPictures Instance { get; } = new();

    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(each => new Picture(each));

    private sealed class Picture(IRenderable drawn) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => drawn.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => drawn.Render(options, maxWidth).Select(Shown);

        private static Segment Shown(Segment segment)
        {
            if (segment.IsControlCode || segment.IsLineBreak)
            {
                return segment; // the console's own
            }

            var text = ForeignText.Shown(segment.Text);
            return ReferenceEquals(text, segment.Text) ? segment : new Segment(text, segment.Style);
        }
    }
}
