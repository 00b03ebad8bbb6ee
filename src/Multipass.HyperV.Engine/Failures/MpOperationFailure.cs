using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Multipass.HyperV.Operations;

namespace Multipass.HyperV.Failures;

/// <summary>A failure, judged and put into words.</summary>
internal sealed class MpOperationFailure
{
    private static readonly Regex Figure = new(@"\d+(?:\.\d+)? (?:KB|MB|GB|TB|ms|s|%)(?!\w)", RegexOptions.CultureInvariant);

    private MpOperationFailure(FailureCause cause, FailureContext context)
    {
        Cause = cause;
        Stage = context.Stage;
        Before = context.Before;
        After = context.After;
        Evidence = context.Evidence;
        Explanation = Explain(cause, context, atStart: true);
        RecommendedAction = AdviceOf(cause, context);
        Message = MessageOf(cause, context, RecommendedAction);
        Target = (object?)(context.After ?? context.Before) ?? (context.Name.Length > 0 ? context.Name : context.HostName);
    }

    public FailureCause Cause { get; }

    public MpFailureStage Stage { get; }

    public MpInstance? Before { get; }

    public MpInstance? After { get; }

    public FailureEvidence Evidence { get; }

    /// <summary>What is wrong, in one sentence, whatever was being done.</summary>
    public string Explanation { get; }

    public string Message { get; }

    public string RecommendedAction { get; }

    /// <summary>The instance as last read; a name where there is no instance.</summary>
    public object Target { get; }

    public static MpOperationFailure Of(FailureCause cause, FailureContext context) => new(cause, context);

    public MpOperationException ToException() => new(Message, this);

    /// <summary>What failed and why comes first, then what is true now; codes come last.</summary>
    private static string MessageOf(FailureCause cause, FailureContext context, string advice)
    {
        if (context.Before is null)
        {
            return Explain(cause, context, atStart: true, besides: advice);
        }

        var reason = Explain(cause, context, besides: advice);
        var sentences = new List<string>
        {
            $"{OperationWords.Subject(context.Operation)} '{context.Name}' on {context.HostName} failed: {reason}",
            context.After is { State: not MpInstanceState.Unknown } after ? $"It is {after.State} now."
                : context.After?.ObservedAt is null ? "Its state could not be read again."
                : context.After.Id == Guid.Empty ? "Hyper-V's management service does not have it."
                : "The host shows a state that has no name.",
        };
        if (FailureSlots.Codes(context.Evidence) is { Length: > 0 } codes && reason.IndexOf(codes, StringComparison.Ordinal) < 0)
        {
            sentences.Add($"Hyper-V answered: {codes}.");
        }

        return string.Join(" ", sentences);
    }

    /// <summary>The first explanation that can be given; but where the advice beside it has the same figures, the first that leaves them to the advice.</summary>
    private static string Explain(FailureCause cause, FailureContext context, bool atStart = false, string besides = "")
    {
        var texts = cause.Explanations.Select(template => FailureSlots.Fill(template, context)).OfType<string>().ToList();
        var text = texts.Find(text => !FiguresOf(text).Intersect(FiguresOf(besides)).Any()) ?? texts.FirstOrDefault();
        return text is null ? throw new InvalidOperationException($"No explanation of {cause.Name} can be given without figures.")
            : atStart && !BeginsWithHost(text, context) ? char.ToUpperInvariant(text[0]) + text.Substring(1)
            : text;
    }

    /// <summary>Sizes and times.</summary>
    internal static IEnumerable<string> FiguresOf(string text) => Figure.Matches(text).Cast<Match>().Select(match => match.Value);

    /// <summary>A name is written as its owner writes it, also at the beginning of a sentence.</summary>
    private static bool BeginsWithHost(string text, FailureContext context) => context.HostName.Length > 0 && text.StartsWith(context.HostName, StringComparison.Ordinal);

    private static string AdviceOf(FailureCause cause, FailureContext context)
        => cause.Advice
            .Where(advice => advice.When is null || advice.When(context))
            .Select(advice => FailureSlots.Fill(advice.Template, context))
            .FirstOrDefault(text => text is not null)
            ?? throw new InvalidOperationException($"No advice for {cause.Name} can be given without figures.");
}
