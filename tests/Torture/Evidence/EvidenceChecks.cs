using System;
using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;

namespace Multipass.HyperV.Torture.Evidence;

/// <summary>What must hold of every verdict, whatever a host has answered.</summary>
internal static class EvidenceChecks
{
    /// <summary>Judges the set of this seed and checks the verdict. What is wrong, or null.</summary>
    public static string? FlawOf(int seed)
    {
        try
        {
            var set = new EvidenceGenerator(seed).Next();
            var cause = FailureCatalogue.Judge(set.Evidence, set.Facts);
            if (!FailureCatalogue.Rows.Contains(cause) || cause != FailureCatalogue.Judge(set.Evidence, set.Facts))
            {
                return $"{cause.Name} is no verdict.";
            }

            if (set.Planted.Where(code => !set.Evidence.HResults.Contains(code)).Cast<int?>().FirstOrDefault() is { } lost)
            {
                return $"{HResultText.Format(lost)} was written and not found.";
            }

            var instance = new MpInstance(set.Name, (MpInstanceState)(Math.Abs(seed % 9)), Guid.Empty, "HV");
            foreach (var before in new[] { null, instance })
            {
                var failure = MpOperationFailure.Of(cause, new FailureContext
                {
                    Operation = MpOperation.Start,
                    Name = set.Name,
                    HostName = "HV",
                    Before = before,
                    After = before,
                    Evidence = set.Evidence,
                    Facts = set.Facts,
                    Detail = "d",
                });
                if (failure.Message.Length == 0 || failure.RecommendedAction.Length == 0)
                {
                    return $"{cause.Name} is not told.";
                }

                if (before is not null && set.Evidence.Code is { } code && failure.Message.IndexOf(code.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal) < 0)
                {
                    return $"{code} is not shown.";
                }
            }

            return null;
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }
}
