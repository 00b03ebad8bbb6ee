using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace Multipass.HyperV.Tests.Packaging;

/// <summary>The module in a process of its own, from <c>module/bin</c> alone: the playground does not reference it.</summary>
public sealed class PlaygroundTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

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
        var (exitCode, text) = await RunAsync(Path.GetTempPath());
        Assert.True(exitCode == 0, text);
        Assert.Contains("OutOfMemory", text);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public async Task A_script_that_is_not_there_is_named()
    {
        var (exitCode, text) = await RunAsync(Path.GetTempPath(), "run", "nowhere.ps1");
        Assert.Equal(2, exitCode);
        Assert.Contains("nowhere.ps1", text);
    }

    private static async Task<(int ExitCode, string Text)> RunScriptAsync(string script)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".ps1");
        await File.WriteAllTextAsync(path, script, TestContext.Current.CancellationToken);
        try
        {
            return await RunAsync(Path.GetTempPath(), "run", path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    internal static async Task<(int ExitCode, string Text)> RunAsync(string folder, params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = folder,
        };
        start.ArgumentList.Add(Repository.PathOf("src", "Playground", "bin", configuration, "net10.0", "Playground.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
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
