using ActorLoad.Metrics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Filters the output of every console, so that a terminal obeys nothing in foreign texts.</summary>
internal sealed class ShownPictures : IRenderHook
{
    public static ShownPictures Instance { get; } = new();

    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(each => new Picture(each));

    private sealed class Picture(IRenderable drawn) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => drawn.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => drawn.Render(options, maxWidth).Select(Shown);

        private static Segment Shown(Segment segment)
        {
            if (segment.IsControlCode || segment.IsLineBreak)
            {
                return segment; // a control code of the console itself
            }

            var text = ForeignText.Shown(segment.Text);
            return ReferenceEquals(text, segment.Text) ? segment : new Segment(text, segment.Style);
        }
    }
}
