using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>Draws what a console shows, with its colours, as an SVG.</summary>
internal static partial class Picture
{
    /// <summary>Columns of the console in the picture.</summary>
    internal const int Columns = 100;

    private const double CharacterWidth = 8.4;
    private const int LineHeight = 20;
    private const int Margin = 20;
    private const int TitleBar = 32;
    private const string Background = "#0d1117";
    private const string Foreground = "#d0d7de";

    // The sixteen colours of a terminal, the dark ones first.
    private static readonly string[] Palette =
    [
        "#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4",
        "#6e7681", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#f0f6fc",
    ];

    /// <summary>The picture of what a console shows.</summary>
    /// <param name="console">The text, with its escape sequences.</param>
    internal static string Of(string console)
    {
        var lines = Lines(console.ReplaceLineEndings("\n").TrimEnd('\n')).ToList();
        var width = (int)(Columns * CharacterWidth) + (2 * Margin);
        var height = TitleBar + (lines.Count * LineHeight) + Margin;
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n");
        svg.Append("<title>A start that Hyper-V rejects: the error, the state that is true, and the start that follows the advice</title>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{Background}\"/>\n");
        foreach (var (colour, at) in new[] { ("#ff5f57", 0), ("#febc2e", 1), ("#28c840", 2) })
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{Margin + (at * 20)}\" cy=\"18\" r=\"6\" fill=\"{colour}\"/>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<g font-family=\"ui-monospace, 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\" fill=\"{Foreground}\">\n");
        for (var index = 0; index < lines.Count; index++)
        {
            Line(svg, lines[index], TitleBar + ((index + 1) * LineHeight) - 6);
        }

        return svg.Append("</g>\n</svg>\n").ToString();
    }

    private static void Line(StringBuilder svg, IReadOnlyList<Cell> cells, int y)
    {
        // Each piece of one style without wide gaps is placed by itself, so that columns stay columns whatever font there is.
        for (var from = 0; from < cells.Count;)
        {
            var to = from;
            while (to < cells.Count && cells[to].Style == cells[from].Style)
            {
                to++;
            }

            var text = string.Concat(cells.Skip(from).Take(to - from).Select(cell => cell.Character));
            var style = cells[from].Style;
            foreach (Match piece in Piece().Matches(text))
            {
                var x = Margin + ((from + piece.Index) * CharacterWidth);
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y}\" textLength=\"{piece.Length * CharacterWidth:0.#}\"");
                svg.Append(style.Colour is { } colour ? $" fill=\"{colour}\"" : string.Empty).Append(style.IsBold ? " font-weight=\"bold\"" : string.Empty);
                svg.Append('>').Append(SecurityElement.Escape(piece.Value)).Append("</text>\n");
            }

            from = to;
        }
    }

    private static IEnumerable<IReadOnlyList<Cell>> Lines(string text)
    {
        Style style = new(null, false);
        foreach (var line in text.Split('\n'))
        {
            List<Cell> cells = [];
            var at = 0;
            foreach (Match escape in Escape().Matches(line))
            {
                Add(line[at..escape.Index]);
                style = style.After(escape.Groups[1].Value);
                at = escape.Index + escape.Length;
            }

            Add(line[at..]);
            foreach (var wrapped in Wrap(cells))
            {
                yield return wrapped;
            }

            void Add(string part) => cells.AddRange(part.Select(character => new Cell(character, style)));
        }
    }

    /// <summary>Lines that are too long go on below, as far in as they began; a terminal would cut words.</summary>
    private static IEnumerable<IReadOnlyList<Cell>> Wrap(List<Cell> cells)
    {
        var indentation = cells.TakeWhile(cell => cell.Character == ' ').ToList();
        while (cells.Count > Columns)
        {
            var blank = cells.FindLastIndex(Columns, cell => cell.Character == ' ');
            var end = blank > indentation.Count ? blank : Columns;
            yield return cells[..end];
            cells = [.. indentation, .. cells[end..].SkipWhile(cell => cell.Character == ' ')];
        }

        yield return cells;
    }

    [GeneratedRegex("\u001b\\[([0-9;]*)m")]
    private static partial Regex Escape();

    [GeneratedRegex(@"\S+(?: \S+)*")]
    private static partial Regex Piece();

    private readonly record struct Cell(char Character, Style Style);

    private readonly record struct Style(string? Colour, bool IsBold)
    {
        internal Style After(string codes)
        {
            var style = this;
            foreach (var code in codes.Split(';').Select(code => code.Length == 0 ? 0 : int.Parse(code, CultureInfo.InvariantCulture)))
            {
                style = code switch
                {
                    0 => new Style(null, false),
                    1 => style with { IsBold = true },
                    22 => style with { IsBold = false },
                    >= 30 and <= 37 => style with { Colour = Palette[code - 30] },
                    39 => style with { Colour = null },
                    >= 90 and <= 97 => style with { Colour = Palette[code - 90 + 8] },
                    _ => style,
                };
            }

            return style;
        }
    }
}
