using System;
using System.Collections;
using System.Management.Automation;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Shell;

/// <summary>The one place where failures become error records.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord From(MpOperationFailure failure, bool showsRecommendedAction)
    {
        var exception = failure.ToException();
        var category = (ErrorCategory)Enum.Parse(typeof(ErrorCategory), failure.Cause.Category.ToString());
        return new ErrorRecord(exception, failure.Cause.Name, category, failure.Target)
        {
            ErrorDetails = new ErrorDetails(showsRecommendedAction ? exception.Message : exception.Message + Environment.NewLine + failure.RecommendedAction)
            {
                RecommendedAction = failure.RecommendedAction,
            },
        };
    }

    /// <summary>The same record for where no cmdlet writes it: with the whole id, of which PowerShell otherwise adds the second half.</summary>
    public static ErrorRecord From(MpOperationFailure failure, bool showsRecommendedAction, Type command)
    {
        var record = From(failure, showsRecommendedAction);
        var whole = new ErrorRecord(record.Exception, failure.Cause.Name + "," + command.FullName, record.CategoryInfo.Category, record.TargetObject)
        {
            ErrorDetails = record.ErrorDetails,
        };
        if (Attribute.GetCustomAttribute(command, typeof(CmdletAttribute)) is CmdletAttribute cmdlet)
        {
            whole.CategoryInfo.Activity = $"{cmdlet.VerbName}-{cmdlet.NounName}";
        }

        return whole;
    }

    /// <summary>
    /// Engines from 7.5 on print the recommended action by themselves, but not in NormalView and CategoryView; elsewhere it must be part of the message. CategoryView shows no
    /// message either: there it is a warning.
    /// </summary>
    public static bool ShowsRecommendedAction(PSCmdlet cmdlet)
    {
        if (IsView(cmdlet, "NormalView") || IsView(cmdlet, "CategoryView"))
        {
            return false;
        }

        var version = (cmdlet.GetVariableValue("PSVersionTable") as IDictionary)?["PSVersion"]?.ToString() ?? string.Empty;
        var parts = version.Split('.');
        return parts.Length > 1
            && int.TryParse(parts[0], out var major)
            && int.TryParse(parts[1], out var minor)
            && (major > 7 || (major == 7 && minor >= 5));
    }

    /// <summary>Whether $ErrorView has this value.</summary>
    public static bool IsView(PSCmdlet cmdlet, string view) => string.Equals(cmdlet.GetVariableValue("ErrorView")?.ToString(), view, StringComparison.OrdinalIgnoreCase);
}
