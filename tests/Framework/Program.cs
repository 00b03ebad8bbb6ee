using System;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Torture;
using Multipass.HyperV.Torture.Drift;
using Multipass.HyperV.Torture.Evidence;
using Xunit.Runner.InProc.SystemConsole;

namespace Multipass.HyperV.Framework;

/// <summary>The tests, with the options of xunit's own runner; with <c>torture SUITE COUNT SEED CULTURE</c> one of the seeded runs.</summary>
internal static class Program
{
    private static readonly ITortureSuite[] Suites = { new DriftSuite(), new EvidenceSuite() };

    public static int Main(string[] arguments)
    {
        if (arguments.FirstOrDefault() != "torture")
        {
            return ConsoleRunner.Run(arguments).GetAwaiter().GetResult();
        }

        var suite = Suites.Single(candidate => candidate.Name == arguments[1]);
        var count = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        var seed = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        var culture = new CultureInfo(arguments[4]);
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0}: {1} from seed {2} in {3}", suite.Name, count, seed, culture.EnglishName));
        return suite.Run(count, seed, Console.Out) ? 0 : 1;
    }
}
