using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Multipass.HyperV.Torture.Wire;

/// <summary>Damages messages, the same way for the same seed.</summary>
internal static class WireMutations
{
    private static readonly string[] Junk =
    {
        "\0", "\uFFFF", "<", ">", "&", "&x;", "&#0;", "]]>", "<![CDATA[", "<!--", "<?x?>", "<!DOCTYPE x>", "\"", "-1", "99999999999999999999", "NaN", "true", "P1D", "2026-99-99T99:99:99Z",
        "xsi:nil=\"true\"", "<s:Fault/>", "<p:Job/>", "xmlns=\"\"", new string('x', 5_000), "ü漢🐧", "\ud800",
    };

    /// <summary>A damaged copy.</summary>
    public static byte[] Of(byte[] message, Random random)
    {
        var result = message;
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            result = Once(result, random);
        }

        return result;
    }

    private static byte[] Once(byte[] message, Random random)
    {
        if (message.Length == 0)
        {
            return Encoding.UTF8.GetBytes(Pick(random));
        }

        var from = random.Next(message.Length);
        var to = Math.Min(message.Length, from + random.Next(1, 200));
        switch (random.Next(9))
        {
            case 0:
                return message[..from];
            case 1:
                return message[..from].Concat(message[to..]).ToArray();
            case 2:
                return message[..to].Concat(message[from..]).ToArray();
            case 3:
                var flipped = message.ToArray();
                flipped[from] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 4:
                return message[..from].Concat(Encoding.UTF8.GetBytes(Pick(random))).Concat(message[from..]).ToArray();
            case 5:
                return InText(message, texts => Swap(texts, random));
            case 6:
                return InText(message, texts => texts[random.Next(texts.Count)] = Pick(random));
            case 7:
                return InText(message, texts => texts[random.Next(texts.Count)] = string.Empty);
            default:
                return InText(message, texts => texts.Insert(random.Next(texts.Count), texts[random.Next(texts.Count)]));
        }
    }

    /// <summary>Changes whole tags and texts, which keeps more of the message's form than bytes do.</summary>
    private static byte[] InText(byte[] message, Action<List<string>> change)
    {
        var texts = new List<string>();
        var text = Encoding.UTF8.GetString(message);
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf(text[at] == '<' ? '>' : '<', at);
            end = end < 0 ? text.Length : text[at] == '<' ? end + 1 : end;
            texts.Add(text[at..end]);
            at = end;
        }

        change(texts);
        return Encoding.UTF8.GetBytes(string.Concat(texts));
    }

    private static void Swap(List<string> texts, Random random)
    {
        var (one, other) = (random.Next(texts.Count), random.Next(texts.Count));
        (texts[one], texts[other]) = (texts[other], texts[one]);
    }

    private static string Pick(Random random) => Junk[random.Next(Junk.Length)];
}
