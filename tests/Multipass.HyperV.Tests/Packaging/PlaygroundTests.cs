using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using System.Xml.Linq;
using Xunit;

namespace Multipass.HyperV.Tests.Packaging;

/// <summary>The module in a process of its own, from <c>module/bin</c> alone: the playground does not reference it.</summary>
public sealed class PlaygroundTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_module_loads_from_its_own_folder_and_nothing_else()
    {
        var (exitCode, text) = await RunScriptAsync("""
            Connect-MpHost -Simulated
            (Get-Module Multipass.HyperV).Path
            [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -like 'Multipass.HyperV*' }.ForEach{ $_.Location }
            Start-MpInstance foo -PassThru
            exit 7
            """);
        Assert.Equal(7, exitCode);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Contains(".dll", StringComparison.Ordinal))
            {
                Assert.StartsWith(Repository.PathOf("module", "bin"), line.Trim());
            }
        }

        Assert.Contains("Multipass.HyperV.Engine.dll", text);
        Assert.Contains("Running", text);
    }

    [Fact]
    public async Task The_tour_goes_well_wherever_it_is_started()
    {
        var (exitCode, text) = await RunAsync(Path.GetTempPath(), string.Empty);
        Assert.True(exitCode == 0, text);
        Assert.Contains("OutOfMemory", text);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public async Task A_script_that_is_not_there_is_named()
    {
        var (exitCode, text) = await RunAsync(Path.GetTempPath(), string.Empty, "run", "nowhere.ps1");
        Assert.Equal(2, exitCode);
        Assert.Contains("nowhere.ps1", text);
    }

    [Theory]
    [InlineData("Get-MpHost\n$x = 1\n1..9 | Select-Object -Last $x\nexit 4\n", 4, "9")]
    [InlineData("function f {\n  'many lines'\n}\nf", 0, "many lines")]
    [InlineData("", 0, "")]
    public async Task The_prompt_takes_statements_from_a_pipe_and_ends_with_it(string typed, int exitCode, string shown)
    {
        var (code, text) = await RunAsync(Path.GetTempPath(), typed, "shell");
        Assert.Equal((exitCode, shown), (code, text.Trim()));
    }

    [Fact(Skip = "Only a Unix shell can close it", SkipUnless = nameof(IsUnix))]
    public async Task The_prompt_ends_where_there_is_no_input_at_all()
    {
        var (code, text) = await StartAsync(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", "exec dotnet \"$0\" shell <&-", Program } }, Path.GetTempPath(), string.Empty);
        Assert.Equal((0, string.Empty), (code, text.Trim()));
    }

    [Fact]
    public void The_project_names_the_console_and_no_package_beneath_it()
        => Assert.Equal(
            ["Microsoft.PowerShell.SDK"],
            XDocument.Load(Repository.PathOf("src", "Playground", "Playground.csproj")).Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value));

    [Theory]
    [InlineData("tour", "now")]
    [InlineData("shell", "now")]
    [InlineData("dance", "now")]
    [InlineData("run", "README.md")]
    public async Task What_it_cannot_do_is_said_in_one_line(string word, string argument)
    {
        var (exitCode, text) = await RunAsync(Repository.Root, string.Empty, word, argument);
        Assert.Equal(2, exitCode);
        Assert.Contains(word == "run" ? argument : word, text.Split('\n')[0]);
    }

    /// <summary>What everyday scripts use, and what the bare engine lacks.</summary>
    [Fact]
    public async Task All_commands_of_PowerShell_are_there()
    {
        var (exitCode, text) = await RunScriptAsync("""
            param([switch] $Loud, [string[]] $Words)
            Connect-MpHost -Simulated
            Get-MpInstance | Select-Object Name, State | Sort-Object Name -Descending | Format-Table | Out-String
            Get-MpInstance primary | ConvertTo-Json -Depth 1
            Start-MpInstance nobody
            Get-Error | Out-String
            exit 3
            """);
        Assert.Equal(3, exitCode);
        Assert.Contains("InstanceNotFound,Multipass.HyperV.Commands.StartMpInstanceCommand", text);
        Assert.DoesNotContain("CommandNotFoundException", text);
    }

    public static bool IsUnix => !OperatingSystem.IsWindows();

    private static string Program
        => Repository.PathOf("src", "Playground", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Playground.dll");

    internal static async Task<(int ExitCode, string Text)> RunScriptAsync(string script, string? folder = null)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".ps1");
        await File.WriteAllTextAsync(path, script, TestContext.Current.CancellationToken);
        try
        {
            return await RunAsync(folder ?? Path.GetTempPath(), string.Empty, "run", path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Task<(int ExitCode, string Text)> RunAsync(string folder, string typed, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { ArgumentList = { Program } };
        Array.ForEach(arguments, start.ArgumentList.Add);
        return StartAsync(start, folder, typed);
    }

    private static async Task<(int ExitCode, string Text)> StartAsync(ProcessStartInfo start, string folder, string typed)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        start.UseShellExecute = false;
        start.WorkingDirectory = folder;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(typed);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await errors);
    }
}
