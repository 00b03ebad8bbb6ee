using System;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Multipass.HyperV.Tests.Packaging;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

public sealed partial class PictureTests
{
    /// <summary>The picture in the README is what the playground draws now; with <c>UPDATE_DOCUMENTS=1</c> it is drawn anew.</summary>
    [Fact]
    public async Task The_picture_of_the_failing_start_is_real_output()
    {
        var picture = Repository.PathOf("docs", "failing-start.svg");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            await PlaygroundTests.RunAsync(Repository.Root, "picture", picture);
            return;
        }

        var drawn = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".svg");
        try
        {
            var (exitCode, text) = await PlaygroundTests.RunAsync(Repository.Root, "picture", drawn);
            Assert.True(exitCode == 0, text);
            Assert.Equal(Comparable(Repository.Read("docs", "failing-start.svg")), Comparable(await File.ReadAllTextAsync(drawn, TestContext.Current.CancellationToken)));
        }
        finally
        {
            File.Delete(drawn);
        }
    }

    private static string Comparable(string svg) => Duration().Replace(svg, "<duration>");

    [GeneratedRegex(@"\d\d:\d\d:\d\d")]
    private static partial Regex Duration();
}
