using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Failures;
using Xunit;

namespace Multipass.HyperV.Tests.Failures;

public sealed class HResultTextTests
{
    [Theory]
    [InlineData("no code at all", "foo", "")]
    [InlineData("", "foo", "")]
    [InlineData("(0x8007000E).", "foo", "8007000E")]
    [InlineData("[0X8007000e]", "foo", "8007000E")]
    [InlineData("\u30e1\u30e2\u30ea\u4e0d\u8db3\uff080x8007000E\uff09\u3002", "foo", "8007000E")]
    [InlineData("\u9519\u8bef0x8007000E\u9519\u8bef", "foo", "8007000E")]
    [InlineData("0x8007000E 0x8007000E 0x800705AA", "foo", "8007000E,800705AA")]
    [InlineData("0x00000000 0x00041000 is no failure", "foo", "")]
    [InlineData("0x8007000", "foo", "")]
    [InlineData("0x8007000E1", "foo", "")]
    [InlineData("a0x8007000E", "foo", "")]
    [InlineData("'0x80070002' failed (0x8007000E)", "0x80070002", "8007000E")]
    [InlineData("'E' failed (0x8007000E)", "E", "8007000E")]
    [InlineData("'0x80070002-b' failed (0x8007000E)", "0x80070002-b", "8007000E")]
    [InlineData("0xC0370029", "", "C0370029")]
    public void Finds_failure_codes(string text, string name, string expected)
    {
        var codes = new List<int>();
        HResultText.Find(text, name, codes);
        Assert.Equal(expected, string.Join(",", codes.Select(code => code.ToString("X8"))));
    }

    [Fact]
    public void A_huge_text_is_read_up_to_its_limit()
    {
        var codes = new List<int>();
        HResultText.Find(new string('x', HResultText.MostCharacters) + " 0x8007000E", "x", codes);
        Assert.Empty(codes);
    }

    [Fact]
    public void More_codes_than_make_sense_are_left_out()
    {
        var codes = new List<int>();
        HResultText.Find(string.Join(" ", Enumerable.Range(0, 1000).Select(number => $"0x8{number:X7}")), "foo", codes);
        Assert.Equal(HResultText.MostCodes, codes.Count);
    }
}
