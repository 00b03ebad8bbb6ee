using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Failures;

/// <summary>What speaks against an account that was refused, by the code (winerror.h, NetAPI and SSPI errors).</summary>
internal static class AccountFlaws
{
    private static readonly IReadOnlyList<(uint Code, string Flaw, string? Advice)> Rows = new (uint, string, string?)[]
    {
        (0x8007052E, "the name or the password is wrong", null),
        (0x80070525, "there is no such account", null),
        (0x8007052F, "the account may not be used so: its password is empty, or a policy restricts it", "give it a password, or lift the policy"),
        (0x80070530, "the account may not log on at this time", "change its log-on hours"),
        (0x80070531, "the account may not log on from this computer", "add this computer to those that it may log on from"),
        (0x80070532, "its password has expired", "set a new one"),
        (0x80070533, "the account is disabled", "enable it"),
        (0x80070569, "the account may not log on in this way", "grant it the right to log on over the network"),
        (0x80070576, "the clocks of the two computers are too far apart", "set both clocks right, `w32tm /resync` in an elevated prompt does it"),
        (0x80090324, "the clocks of the two computers are too far apart", "set both clocks right, `w32tm /resync` in an elevated prompt does it"),
        (0x80070701, "the account has expired", "give it a later date of expiry"),
        (0x80070773, "its password must be changed before it is used again", "log on with it once and change it"),
        (0x80070775, "the account is locked, after too many wrong passwords", "unlock it, or wait until it unlocks itself"),
    };

    /// <summary>The codes.</summary>
    public static uint[] Codes { get; } = Rows.Select(row => row.Code).ToArray();

    /// <summary>What is wrong; null when the codes do not say.</summary>
    public static string? FlawIn(FailureEvidence evidence) => Find(evidence).Flaw;

    /// <summary>What to do about the account itself; null where another account is all that helps.</summary>
    public static string? AdviceFor(FailureEvidence evidence) => Find(evidence).Advice;

    private static (uint Code, string? Flaw, string? Advice) Find(FailureEvidence evidence)
        => Rows.FirstOrDefault(row => evidence.Has(unchecked((int)row.Code), EvidenceSources.Call | EvidenceSources.Request));
}
